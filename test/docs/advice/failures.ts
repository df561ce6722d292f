import type { FailureCode } from '../../../src/contract/failure.ts'

/** Why a command or a request stops with a code, and what to do about it. */
export interface Advice {
  cause: string
  act: string
}

/** One entry for every code of the CLI's table; a missing entry does not compile. */
export const FAILURE_ADVICE: Record<FailureCode, Advice> = {
  FINDINGS: {
    cause:
      'A manifest, a prompt, a parameter or a plan breaks a rule. Each finding names its place and rule.',
    act: 'Mend what the findings name, then run the command again; `nofx validate` shows all of them at once.',
  },
  REFUSED: {
    cause:
      'The registry or a guard says no: content that was rolled back is held, a live definition still needs what would go, a removal is too large, a cap is exceeded.',
    act: 'Read the message: it names the definition and the flag (`--unhold`, `--force`, `--yes`) for doing it on purpose. Rules of the registry are [below](#what-the-registry-refuses).',
  },
  NOT_FOUND: {
    cause:
      'A misspelt id or version, a removed definition, a preview that has ended, or a draft that your key may not see.',
    act: '`nofx registry list` shows what there is, `nofx registry history <kind> <id>` its versions.',
  },
  WITHDRAWN: {
    cause:
      'Somebody with the right to publish took the content of the version out of the registry, because it held a secret or personal data. Nothing of it is kept.',
    act: 'Use another version: `nofx registry history <kind> <id>` lists them, with who withdrew one and why. A plan that is locked to it is made again.',
  },
  INPUT_UNREADABLE: {
    cause: 'A path that does not exist, is of another sort, or is not yours to read or write.',
    act: 'Check the path in the message and its permissions.',
  },
  NO_DEFINITIONS: {
    cause: 'The command runs outside of the project, or the project keeps its definitions elsewhere.',
    act: 'Go to the folder with `packages/shared`, make a first definition with `nofx new`, or name the folder as `"nofx": { "definitions": "…" }` in `package.json`.',
  },
  NO_COMMIT: {
    cause:
      'There is no git repository or no commit, a shallow clone does not know the height of its commit, the commit given by hand is not there or has another height, or a definition’s folder has a file that the commit has not, or has otherwise: changed, untracked, or ignored by git.',
    act: 'Commit the file that is named, or move it out of the definition’s folder (an ignored `.env` is never published); in CI check out with `fetch-depth: 0`; else publish the working tree with `--allow-dirty`, or name another commit with `--commit` and `--rank`.',
  },
  DISK_FULL: {
    cause: 'The disk of this machine or of the database is full.',
    act: 'Free some space and run it again.',
  },
  RUN_FAILED: {
    cause:
      'A runner ended with another status than 0, took too long, or gave outputs that its step does not expect.',
    act: 'Read the step’s error and its journal in `.nofx/runs/`, mend the cause, then `nofx worker run --resume <runId>`.',
  },
  OUTPUT_FAILED: {
    cause: 'The disk or device that stdout goes to is full or broken. The message says what was done before.',
    act: 'Send stdout elsewhere; what was published stays published, and running the command again changes nothing.',
  },
  INTERRUPTED: {
    cause: 'Ctrl-C or SIGTERM.',
    act: 'Run the same command again: it goes on where it stopped.',
  },
  USAGE: {
    cause: 'A misspelt command or flag, a missing argument, or flags that do not go together.',
    act: '`nofx help <command>` shows what it takes, with examples.',
  },
  CONFIG: {
    cause:
      'An environment variable or `package.json` says something that cannot be right, or leaves something out.',
    act: '`nofx doctor` names it and the command that fixes it.',
  },
  REMOTE_FAILED: {
    cause:
      'The network is down, the project is paused, the database or a function is older than this CLI, or the cloud has an outage.',
    act: '`nofx doctor`, then run it again: nothing half-done is visible, and what was uploaded is not uploaded twice.',
  },
  REMOTE_DENIED: {
    cause:
      'A key that was deleted or is of another project, a user without the role `publisher`, or a CI job that no policy trusts.',
    act: '`nofx doctor` says whether the key is let in; [who may publish](deploy.md#who-may-publish) and [rotation](operations.md#keys-and-their-rotation).',
  },
  EMBEDDED_LOCKED: {
    cause: 'Another command or a `nofx dev` that does not answer has `.nofx/` open.',
    act: 'Wait for it, or end the process that the message names. A lock of a process that is gone is taken over by itself.',
  },
  EMBEDDED_CORRUPT: {
    cause:
      'Files in `.nofx/` were deleted or changed by hand, the machine lost power while writing, or an earlier NOFX with other migrations made it.',
    act: 'Set the folder aside with the command in the hint and publish again: git has the definitions.',
  },
  CONFLICT: {
    cause:
      'Somebody published, promoted or rolled back after your plan was made, or two people use one name.',
    act: 'Look (`nofx registry status`, `nofx registry history`) and run it again; a kept plan has to be made again.',
  },
  STALE: {
    cause:
      'An older commit arrives after a newer one, often from a slow CI job; or history was rewritten, moved, or published with a wrong `--rank`.',
    act: 'After a slow job: nothing. Publish from the newest commit, or go back on purpose with `nofx registry rollback`. When no commit is newer, have the owner start the order anew in the checkout: `nofx registry rebase-rank --reason "…"` ([deploy](deploy.md#the-order-of-commits)).',
  },
  CURSOR_GONE: {
    cause: 'The events after the cursor are older than the registry keeps them.',
    act: 'Read everything again, then follow from the newest event; `nofx/worker` does so by itself.',
  },
  IDEMPOTENCY_MISMATCH: {
    cause: 'An idempotency key was sent with another body before.',
    act: 'Send the same body to get the same answer, or take a new key.',
  },
  BUG: {
    cause: 'Something that should never happen.',
    act: 'Run it again with `DEBUG=nofx` and report the output. It holds no secrets of ours; look for yours.',
  },
}
