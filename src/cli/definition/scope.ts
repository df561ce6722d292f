import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { Cover } from '../../core/publish/cover.ts'
import { splitDefinition } from './definition-args.ts'
import { isKindName, kindNamed } from './kind-names.ts'

/** What the words of a command select: whole kinds, or definitions. */
export interface Scope extends Cover {
  /** The kinds of everything that is selected; every kind when there are no words. */
  kinds: Kind[]
}

/**
 * The scope of `agents`, `agents/reviewer`, `agents reviewer`, and of several of these.
 * @param command without `nofx`, for the hint
 * @throws Failure USAGE for a kind that does not exist
 */
export function pickScope(kinds: readonly Kind[], words: readonly string[], command: string): Scope {
  const whole = new Set<string>()
  const names = new Set<string>()
  let last: string | undefined
  for (const word of words) {
    const isName = word.includes('/')
    if (!isName && last !== undefined && !isKindName(kinds, word)) {
      whole.delete(last)
      names.add(nameOf({ kind: last, id: word }))
      continue
    }
    const { kind = '', id } = isName ? splitDefinition({ kind: word }) : { kind: word }
    last = kindNamed(kinds, kind, `nofx ${command}`, id).id
    if (id === undefined) whole.add(last)
    else names.add(nameOf({ kind: last, id }))
  }
  const picks = (id: string) => whole.has(id) || [...names].some((name) => name.startsWith(`${id}/`))
  const picked = kinds.filter(({ id }) => words.length === 0 || picks(id))
  const publishes = picked.map((kind) => kind.id)
  const only = names.size === 0 ? undefined : [...[...whole].map((id) => `${id}/`), ...names]
  return { kinds: picked, publishes, only }
}

/**
 * The kinds and definitions that the words or `--only` of a publish select.
 * @throws Failure USAGE if both name definitions
 */
export function publishScope(
  kinds: readonly Kind[],
  words: readonly string[],
  { only }: { only?: string[] },
): Cover {
  const scope = pickScope(kinds, words, 'registry publish')
  if (only && scope.only)
    throw new Failure('USAGE', 'definitions are named twice, by words and by --only', 'leave out --only')
  return { publishes: scope.publishes, only: only ?? scope.only }
}
