// What a customer is called: the name that their channel knows, else their id there.
import type { Row } from "./protocol";

export const called = (row: Pick<Row, "customer" | "customer_name">): string => row.customer_name || row.customer;
