// What a customer is called: the name that their channel knows, else their id there.
import type { Row } from "./protocol";
import { t } from "./words";

/** A visitor of whom nothing is known has a long id; its end tells them apart. */
const NOBODY = /^visitor-[0-9a-f-]*([0-9a-f]{4})$/;

export function called(row: Pick<Row, "customer" | "customer_name">): string {
  if (row.customer_name) return row.customer_name;
  const end = NOBODY.exec(row.customer)?.[1];
  return end ? t("visitorN", { n: end }) : row.customer;
}
