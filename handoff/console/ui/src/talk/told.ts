// Codes of the service as sentences; one that is unknown here is said as it is.
import type { Conversation } from "../protocol";
import { t, type Word } from "../words";

/** The rules that ship, and what the service says itself; a tenant's own rules have their own names. */
const REASONS: Readonly<Record<string, Word>> = {
  "asked for a person": "reasonAsked",
  "somebody may be in danger": "reasonDanger",
  "frustrated after an offer": "reasonFrustrated",
  frustrated: "reasonFrustrated",
  "two unknowns in a row": "reasonUnknown",
  "taken by an agent": "reasonTaken",
  "a tool was called, and its outcome is not known": "reasonTool",
};
/** Without surprise: to the judge of feelings every plain question looks surprised. */
const FEELINGS: Readonly<Record<string, Word>> = {
  anger: "anger",
  disgust: "disgust",
  fear: "fear",
  joy: "joy",
  sadness: "sadness",
};
const DECISIONS: Readonly<Record<string, Word>> = {
  reply: "didReply",
  ask_back: "didAskBack",
  decline: "didDecline",
  hand_off: "didHandOff",
  pass_to_agent: "didPass",
  stay_silent: "didStaySilent",
};
const FACTS: Readonly<Record<string, Word>> = {
  number: "factNumber",
  name: "factName",
  date: "factDate",
  reference: "factReference",
  promise: "factPromise",
  question: "factQuestion",
  stated: "factStated",
};
const NO_RULE = "no rule";
const HIGH = 0.6;
const SOME = 0.3;

const plain = (code: string): string => code.replaceAll("_", " ");

/** What sort of fact it is. */
export function factSaid(kind: string): string {
  const word = FACTS[kind];
  return word ? t(word) : plain(kind);
}

export function reasonSaid(reason: string): string {
  const word = REASONS[reason];
  return word ? t(word) : t("reasonOther", { what: plain(reason) });
}

/** What the customer wanted, as the service named it. */
export const intentSaid = plain;

/** Which rule decided; undefined where none did. */
export const ruleSaid = (rule: string): string | undefined => (rule && rule !== NO_RULE ? t("rule", { name: rule }) : undefined);

export function decisionSaid(decision: string): string {
  const word = DECISIONS[decision];
  return word ? t(word) : plain(decision);
}

/** How the customer feels, in words. */
export function moodSaid({ emotion, frustration, unknowns }: Conversation["mood"]): string {
  const how = frustration >= HIGH ? t("moodBad") : frustration >= SOME ? t("moodSome") : t("moodGood");
  const feeling = FEELINGS[emotion];
  const parts = [how, feeling ? t(feeling) : "", unknowns ? t("unknownsN", { n: unknowns }) : ""];
  return parts.filter(Boolean).join(" · ");
}
