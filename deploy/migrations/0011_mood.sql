-- How the talk with the bot has gone, after the last turn: what a policy weighs.

ALTER TABLE conversations
  ADD COLUMN frustration real     NOT NULL DEFAULT 0 CHECK (frustration BETWEEN 0 AND 1),
  ADD COLUMN unknowns    smallint NOT NULL DEFAULT 0 CHECK (unknowns >= 0),
  ADD COLUMN offers      smallint NOT NULL DEFAULT 0 CHECK (offers >= 0);
