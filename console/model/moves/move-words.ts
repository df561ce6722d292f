import type { operations } from '../../generated/api.d.ts'
import type { Move } from './move-name.ts'
import { buildCommand } from './shell-command.ts'

interface Words {
  /** What the form is about to do. */
  title: string
  /** The button that does it. */
  button: string
  /** What was done. */
  done: string
}

const WORDS: Readonly<Record<Move['verb'], Words>> = {
  rollback: { title: 'Roll back', button: 'Roll back', done: 'Rolled back' },
  promote: { title: 'Promote', button: 'Promote', done: 'Promoted' },
  disable: { title: 'Disable', button: 'Disable', done: 'Disabled' },
  enable: { title: 'Enable', button: 'Enable', done: 'Enabled' },
  undelete: { title: 'Bring back', button: 'Bring back', done: 'Brought back' },
  undo: { title: 'Undo release', button: 'Undo the release', done: 'Undone' },
}

/** The words of a move. */
export const wordsOf = ({ verb }: Move): Words => WORDS[verb]

/** What is moved: `agents/reviewer`, or the start of a release's id. */
export function subjectOf(move: Move): string {
  return move.verb === 'undo' ? move.release.slice(0, 8) : `${move.kind}/${move.id}`
}

/** What is typed to confirm a move with high risks. */
export const confirmationOf = (move: Move): string =>
  move.verb === 'undo' ? move.release.slice(0, 8) : move.id

type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { 'application/json': infer Sent } }
}
  ? Sent
  : never
type Wants<Name extends keyof operations> = Body<Name> extends { reason: string } ? true : false

/** Whether the server refuses a move without a reason: the document of the API says so. */
const WANTS_REASON: {
  rollback: Wants<'rollbackDefinition'>
  promote: Wants<'promoteDefinition'>
  disable: Wants<'disableDefinition'>
  enable: Wants<'enableDefinition'>
  undelete: Wants<'undeleteDefinition'>
  undo: Wants<'undoRelease'>
} = { rollback: true, promote: false, disable: true, enable: true, undelete: false, undo: true }

/** Whether a move is refused without a reason. */
export const needsReason = ({ verb }: Move): boolean => WANTS_REASON[verb]

interface Details {
  reason: string
  force: boolean
  env?: string
  /** The version that the plan leads to. */
  to?: number | null
}

/** The command that makes the same move. */
export function commandOf(move: Move, { reason, force, env, to }: Details): string {
  const why = reason === '' && needsReason(move) ? '<why>' : reason
  const flags = { reason: why === '' ? undefined : why, force, env }
  if (move.verb === 'undo')
    return buildCommand(['nofx', 'registry', 'rollback'], { release: move.release.slice(0, 8), ...flags })
  const words = ['nofx', 'registry', move.verb, `${move.kind}/${move.id}`]
  const target = move.version ?? to
  const version = target ? `v${target}` : undefined
  return buildCommand(words, {
    ...(move.verb === 'rollback' && { to: version }),
    ...(move.verb === 'promote' && { expect: version }),
    ...flags,
  })
}
