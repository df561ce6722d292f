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
      'A manifest, a prompt, a parameter or a plan breaks a rule. Each finding names its place and its rule.',
    act: 'Fix the findings, then run the command again. `nofx validate` prints all findings at once.',
  },
  REFUSED: {
    cause:
      'The registry or a check of the publish refuses the change: the content was withdrawn, a live definition needs a definition that would be removed, the publish removes too many definitions, or a number is above its cap.',
    act: 'Read the message, which names the definition and the flag (`--unhold`, `--force` or `--yes`) that allows the change. The rules of the registry are [below](#what-the-registry-refuses).',
  },
  NOT_FOUND: {
    cause:
      'The id or the version is misspelt, the definition was removed, the preview has ended, or the definition is a draft that the key may not read.',
    act: 'Run `nofx registry list` to see the definitions, or `nofx registry history <kind>/<id>` to see the versions of one.',
  },
  WITHDRAWN: {
    cause:
      'A publisher withdrew the content of the version, because it contained a secret or personal data. The registry has deleted it.',
    act: 'Use another version: `nofx registry history <kind>/<id>` lists all versions, with the reason of the withdrawal. Make a plan that is locked to the version again.',
  },
  DISABLED: {
    cause:
      'An operator disabled the definition with `nofx registry disable`, or its manifest has the status `disabled`. No version of it is started.',
    act: 'See who disabled it and why with `nofx registry history <kind>/<id>`. When it is good again: `nofx registry enable <kind>/<id> --reason "…"`.',
  },
  INPUT_UNREADABLE: {
    cause:
      'The path does not exist, is not a file (or not a folder) as expected, or may not be read or written.',
    act: 'Check the path in the message and its permissions.',
  },
  NO_DEFINITIONS: {
    cause:
      'The command runs outside of the project, or the definitions of the project are in another folder.',
    act: 'Change to the folder that contains `packages/shared`, make a first definition with `nofx new`, or name the folder as `"nofx": { "definitions": "…" }` in `package.json`.',
  },
  NO_COMMIT: {
    cause:
      'One of these is the case: there is no git repository or no commit; the clone is shallow, so the height of the commit is unknown; the commit of `--commit` is missing or has another height; or a file of a definition is changed, untracked or ignored by git.',
    act: 'Commit the file in the message, or move it out of the definition’s folder (an ignored `.env` is never published). In CI, check out with `fetch-depth: 0`. To publish the working tree, use `--allow-dirty`.',
  },
  GIT_FAILED: {
    cause:
      'git is not installed, the folder is not in a repository, the repository belongs to another user, a merge is not finished, or git cannot read a file, its settings or its objects. The message has the first line of git.',
    act: 'Do what the hint says. In a container whose files belong to another user: `git config --global --add safe.directory <path>`.',
  },
  DISK_FULL: {
    cause: 'The disk of this machine or of the database is full.',
    act: 'Free disk space, then run the command again.',
  },
  RUN_FAILED: {
    cause:
      'A runner exited with a status other than 0, timed out, or gave outputs that its step does not expect.',
    act: 'Read the error of the step and its journal in `.nofx/runs/`, fix the cause, then run `nofx worker run --resume <runId>`.',
  },
  OUTPUT_FAILED: {
    cause:
      'The disk or device behind stdout is full or broken. The message names the work that was done before.',
    act: 'Send stdout to another place and run the command again. Published definitions stay published.',
  },
  INTERRUPTED: {
    cause: 'The command received Ctrl-C or SIGTERM.',
    act: 'Run the same command again; it continues the work.',
  },
  USAGE: {
    cause: 'A command or a flag is misspelt, an argument is missing, or two flags exclude each other.',
    act: 'Run `nofx help <command>`, which lists arguments and flags with examples.',
  },
  CONFIG: {
    cause: 'An environment variable or `package.json` has an invalid value, or a value is missing.',
    act: 'Run `nofx doctor`, which names the setting and the command that fixes it.',
  },
  REMOTE_FAILED: {
    cause:
      'The network is down, the project is paused, the database or a function is older than this CLI, or the cloud has an outage.',
    act: 'Run `nofx doctor`, then run the command again. Readers see nothing of an interrupted publish, and uploaded bundles are not uploaded twice.',
  },
  REMOTE_DENIED: {
    cause:
      'The key was deleted or belongs to another project, the user does not have the role `publisher`, or `registry_policies` does not trust the CI job.',
    act: 'Run `nofx doctor`, which reports whether the registry accepts the key. See [who may publish](deploy.md#who-may-publish) and [keys](operations.md#keys-and-their-rotation).',
  },
  EMBEDDED_LOCKED: {
    cause: 'Another command, or a `nofx dev` that does not answer, has `.nofx/` open.',
    act: 'Wait for the process in the message, or end it. The lock of an ended process is taken over automatically.',
  },
  EMBEDDED_CORRUPT: {
    cause:
      'Files in `.nofx/` were deleted or changed by hand, the machine lost power during a write, or an earlier NOFX with other migrations made the folder.',
    act: 'Set the folder aside with the command in the hint, and publish again from git.',
  },
  CONFLICT: {
    cause:
      'A publish, a promotion or a rollback happened after your plan was made, the preview belongs to another origin, or another process executes the run.',
    act: 'Look at `nofx registry status` and `nofx registry history`, then run the command again. Make a stored plan again.',
  },
  STALE: {
    cause:
      'The commit is older than the published one, often because a CI job was slow. Or the history was rewritten or moved to another repository, or a publish had a wrong `--rank`.',
    act: 'After a slow CI job, no action is needed. To return to an older version, use `nofx registry rollback`. If every new commit is stale, the owner of the registry runs `nofx registry rebase-rank --reason "…"` in the checkout ([deploy](deploy.md#the-order-of-commits)).',
  },
  FOREIGN: {
    cause:
      'The target of an export has a file of that name that no export wrote, that was edited since, or that is a link.',
    act: 'Compare with `nofx export … --check`. Move the file, choose another folder, or add `--force`, which loses what it holds.',
  },
  CURSOR_GONE: {
    cause: 'The registry no longer keeps the events after the cursor.',
    act: 'Read all definitions again, then continue from the newest event. `nofx/worker` does so itself.',
  },
  IDEMPOTENCY_MISMATCH: {
    cause: 'The idempotency key was used before with another request.',
    act: 'Send the same request again, or use a new key.',
  },
  BUG: {
    cause: 'NOFX has a bug.',
    act: 'Run the command again with `DEBUG=nofx` and report the output. Remove your own secrets from it first.',
  },
}
