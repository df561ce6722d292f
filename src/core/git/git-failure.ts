import { existsSync } from 'node:fs'
import { Failure } from '../../contract/failure.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'

/** Why git failed. `other` is everything that this list does not know. */
export type GitTrouble =
  | 'not-installed'
  | 'no-folder'
  | 'not-a-repository'
  | 'no-work-tree'
  | 'lost-repository'
  | 'unsafe-owner'
  | 'no-commit'
  | 'unmerged'
  | 'unreadable'
  | 'damaged'
  | 'settings'
  | 'other'

/** A cause, the words of git that name it (in the language of LC_ALL=C), what is wrong, and what to do about it. */
interface Cause {
  trouble: GitTrouble
  words: RegExp
  what: (folder: string) => string
  hint: (folder: string, stderr: string) => string
}

const OWNERS_ADVICE = /git config --global --add safe\.directory .+/

/** How the files of a bare repository come to a folder. */
const CHECK_OUT = 'git worktree add ../checkout && cd ../checkout'

// The order counts: a message about an unsafe owner also names a repository.
const CAUSES: readonly Cause[] = [
  {
    trouble: 'unsafe-owner',
    words: /dubious ownership|unsafe repository/i,
    what: (folder) => `git does not trust the repository of ${folder}, because it belongs to another user`,
    // Git trusts the top of a repository, which only its message names.
    hint: (folder, stderr) =>
      OWNERS_ADVICE.exec(stderr)?.[0] ?? `git config --global --add safe.directory ${quoteWord(folder)}`,
  },
  {
    trouble: 'no-work-tree',
    words: /must be run in a work tree/i,
    what: (folder) => `${folder} is a bare git repository, which has no files`,
    hint: () => CHECK_OUT,
  },
  {
    // GIT_DIR, or the file .git of a working tree or a submodule, names it.
    trouble: 'lost-repository',
    words: /not a git repository: /i,
    what: (folder) => `the git repository of ${folder} is not where git looks for it`,
    hint: () =>
      process.env.GIT_DIR
        ? 'unset GIT_DIR'
        : 'restore the folder that git names; if the repository was moved, run there: git worktree repair <this folder>',
  },
  {
    trouble: 'not-a-repository',
    words: /not a git repository/i,
    what: (folder) => `${folder} is not in a git repository`,
    hint: () => 'git init && git add -A && git commit',
  },
  {
    trouble: 'no-commit',
    words: /does not have any commits|(?:bad revision|ambiguous argument) 'HEAD(?:\^\{commit\})?'/i,
    what: (folder) => `the repository of ${folder} has no commit`,
    hint: () => 'git add -A && git commit',
  },
  {
    trouble: 'unmerged',
    words: /unmerged|needs merge|is not able to be merged|you have not concluded your merge/i,
    what: (folder) => `a merge in the repository of ${folder} is not finished`,
    hint: () => 'resolve the conflicts and stage the files; this lists them: git status',
  },
  {
    trouble: 'settings',
    words: /bad (?:boolean |numeric )?config|could not read order|could not parse config/i,
    what: () => 'the settings of git cannot be read',
    hint: () => 'correct the setting that git names, in .git/config or in ~/.gitconfig',
  },
  {
    trouble: 'unreadable',
    words:
      /permission denied|could not open|unable to (?:open|read)|cannot open|is a directory|failed to open|unable to map/i,
    what: (folder) => `git cannot read a file in the repository of ${folder}`,
    hint: () => 'check the owner and the permissions of the file that git names',
  },
  {
    trouble: 'damaged',
    words:
      /corrupt|bad signature|bad object|bad tree|index file smaller|object file .* is empty|invalid sha1|inflate/i,
    what: (folder) => `the repository of ${folder} is damaged`,
    hint: () => 'see what is damaged: git fsck',
  },
]

/** The failure for an error of a git process: its cause, git's own first line and what to do. */
export function gitFailure(error: unknown, folder: string): Failure {
  const says = gitSays(error)
  const missing = startFailure(error, folder)
  if (missing) return missing
  const cause = CAUSES.find(({ words }) => words.test(readStderr(error)))
  if (!cause)
    return failure(
      'other',
      `git failed in ${folder}`,
      'fix what git reports, and run the command again',
      says,
      error,
    )
  return failure(cause.trouble, cause.what(folder), cause.hint(folder, readStderr(error)), says, error)
}

/** The failure of a command that needs files, in a bare repository. */
export function noWorkTree(folder: string): Failure {
  const what = `${folder} is a bare git repository, which has no files`
  return new Failure('GIT_FAILED', what, CHECK_OUT, { detail: { trouble: 'no-work-tree' } })
}

/** The cause that `gitFailure` found; undefined for other errors. */
export function findTrouble(error: unknown): GitTrouble | undefined {
  if (!(error instanceof Failure) || error.code !== 'GIT_FAILED') return undefined
  return (error.detail as { trouble: GitTrouble }).trouble
}

/** The first line of git's message about a failure. */
export function gitSays(error: unknown): string {
  const cause = error instanceof Failure ? error.cause : error
  return readStderr(cause).split('\n')[0] || (cause as Error).message
}

function readStderr(error: unknown): string {
  return String((error as { stderr?: string | Buffer }).stderr ?? '').trim()
}

/** The failure for a process that did not start: the folder or the program is missing, or may not be used. */
function startFailure(error: unknown, folder: string): Failure | undefined {
  const { code, message } = error as { code?: unknown; message: string }
  if (typeof code !== 'string' || !/^E(?:NOENT|ACCES|PERM|NOTDIR)$/.test(code)) return undefined
  if (!existsSync(folder))
    return failure(
      'no-folder',
      `the folder ${folder} does not exist`,
      'change to a folder that exists',
      message,
      error,
    )
  const hint = 'install git, and add it to PATH: https://git-scm.com/downloads'
  return failure('not-installed', 'git is not installed, or cannot be started', hint, message, error)
}

function failure(trouble: GitTrouble, what: string, hint: string, says: string, cause: unknown): Failure {
  return new Failure('GIT_FAILED', `${what} (git: ${says})`, hint, { detail: { trouble, git: says }, cause })
}
