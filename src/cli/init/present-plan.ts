import type { Edit } from '../../core/init/edit.ts'
import { fitLines } from '../../core/lines/fit-lines.ts'
import { printableText } from '../../core/printable.ts'
import type { Answer } from '../json/commands.ts'

/** What `nofx init` did, or would do: its `--json`. */
export type InitAnswer = Answer<'init'>

/** Changes as `--json` has them. */
export function describeEdits(edits: readonly Edit[]): InitAnswer['changes'] {
  return edits.map(({ path, before, adds }) => ({
    path,
    action: before === undefined ? 'create' : 'edit',
    adds,
  }))
}

/** The plan for people: a line for each file, then what is left to them. */
export function presentPlan(
  { root, git, changes, byHand, notes }: Omit<InitAnswer, 'dryRun' | 'written' | 'next'>,
  width: number,
): string {
  const lines = [
    ...(git ? ['+ .git', '    git init'] : []),
    ...changes.flatMap(({ path, action, adds }) => [
      ...fitLines(`${action === 'create' ? '+' : '~'} ${path}`, width),
      ...fitLines(adds.join(', '), width, '    ', '    '),
    ]),
    ...byHand.flatMap(({ path, why, lines: mine }) => [
      ...fitLines(`! ${path} ${why}: add these lines by hand`, width),
      ...mine.map((line) => `    ${line}`),
    ]),
    ...notes.flatMap((note) => fitLines(`note: ${note}`, width)),
  ]
  return printableText((lines.length > 0 ? [`In ${root}:`, ...lines] : []).join('\n'))
}

/** What happened, and the next commands. */
export function presentEnd({ dryRun, written: isWritten, git, changes, next }: InitAnswer): string {
  const count = changes.length + (git ? 1 : 0)
  const what =
    count === 0
      ? 'Nothing to do: this project is prepared.'
      : isWritten
        ? 'Done.'
        : dryRun
          ? 'Dry run: nothing was written.'
          : 'Nothing was written.'
  return [what, 'Next:', ...next.map((command) => `  ${command}`)].join('\n')
}
