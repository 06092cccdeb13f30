// What the parts of a day are called.
import type { Word } from "../words";
import type { Slice } from "./views";

export const SLICES: Readonly<Record<Slice, Word>> = {
  requested: "sliceRequested",
  accepted: "sliceAccepted",
  waiting: "sliceWaiting",
  talking: "sliceTalking",
  completed: "sliceCompleted",
  abandoned: "sliceAbandoned",
  nobody_free: "sliceNobodyFree",
  out_of_hours: "sliceOutOfHours",
  missed: "sliceMissed",
  rated_up: "sliceRatedUp",
  rated_down: "sliceRatedDown",
  unrated: "sliceUnrated",
};

export const isSlice = (name: string): name is Slice => name in SLICES;
