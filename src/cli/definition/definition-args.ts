import * as Args from '@oclif/core/args'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { mainKind } from '../../core/main-kind.ts'
import { pickKind } from '../kinds.ts'
import { kindNamed } from './kind-names.ts'

/** The arguments of every command about one definition: `agents reviewer` or `agents/reviewer`. */
export const definitionArgs = {
  kind: Args.string({ description: 'the definition, as agents/reviewer, or its kind', required: true }),
  id: Args.string({ description: 'the id, if KIND is only a kind' }),
}

/** The same for a command that can also be called without a definition. */
export const optionalDefinitionArgs = {
  kind: Args.string({ description: 'the definition, as agents/reviewer, or its kind' }),
  id: definitionArgs.id,
}

/** The words of these arguments, in order. */
export function wordsOf({ kind, id }: Words): string[] {
  return [kind, id].filter((word) => word !== undefined)
}

/** The words as given, before the kinds are known. */
interface Words {
  kind?: string
  id?: string
}

/**
 * Splits the words of a definition. A slash at the end is ignored, because shells complete folders with one.
 * @throws Failure USAGE for a name with more than one slash, or with an id behind it
 */
export function splitDefinition({ kind: first, id: second }: Words): Words {
  if (first === undefined || !first.includes('/')) return { kind: first, id: second?.replace(/\/$/, '') }
  const [, kind, id] = /^([^/]+)\/([^/]+)\/?$/.exec(first) ?? []
  const [bare] = /^[^/]+(?=\/$)/.exec(first) ?? []
  if (bare !== undefined) return { kind: bare, id: second }
  if (kind === undefined)
    throw new Failure('USAGE', `"${first}" is not a definition`, 'write it as agents/<id>')
  if (second === undefined || second === id) return { kind, id }
  throw new Failure('USAGE', `"${first}" and "${second}" are two names`, `leave out "${second}"`)
}

/**
 * The definition that the arguments of `command` name, by the plural or the singular of its kind.
 * @param command without `nofx`, for the hint
 * @throws Failure USAGE
 */
export function requireDefinition(
  kinds: readonly Kind[],
  words: Words,
  command: string,
): { kind: Kind; id: string } {
  const { kind: name, id } = splitDefinition(words)
  const example = `nofx ${command} ${mainKind(kinds)?.id ?? 'agents'}/<id>`
  if (name === undefined) throw new Failure('USAGE', 'the definition is missing', `name it: ${example}`)
  const kind = kindNamed(kinds, name, `nofx ${command}`, id)
  if (id) return { kind, id }
  throw new Failure('USAGE', 'the id is missing', `name it: nofx ${command} ${kind.id}/<id>`)
}

/**
 * The id of a definition whose kind the command fixes: `triage`, `templates/triage`, `template/triage`.
 * @throws Failure USAGE for a definition of another kind
 */
export function idOfKind(kind: Kind, word: string): string {
  const { kind: name, id } = splitDefinition(
    word.includes('/') ? { kind: word } : { kind: kind.id, id: word },
  )
  if (id && (name === kind.id || name === kind.singular)) return id
  throw new Failure('USAGE', `"${word}" is not one of ${kind.id}`, `write it as ${kind.id}/<id>`)
}

/**
 * The ids of several definitions of one kind: `agents a b`, `agents/a agents/b`, `agents/a b`.
 * @param command without `nofx`, for the hint
 * @throws Failure USAGE
 */
export function splitDefinitions(
  kinds: readonly Kind[],
  words: readonly string[],
  command: string,
): { kind: Kind; ids: string[] } {
  const [first = '', ...rest] = words
  const head = splitDefinition({ kind: first })
  const kind = kindNamed(kinds, head.kind ?? '', `nofx ${command}`, head.id)
  const definitions = rest.map((word): Named => {
    if (!word.includes('/')) return { kind: kind.id, id: word }
    const one = splitDefinition({ kind: word })
    return { kind: pickKind(kinds, one.kind ?? '').id, id: one.id ?? '' }
  })
  const stranger = definitions.find((one) => one.kind !== kind.id)
  if (stranger)
    throw new Failure(
      'USAGE',
      `${nameOf(stranger)} is not one of ${kind.id}`,
      'give the definitions of each kind in a call of their own',
    )
  return { kind, ids: [...(head.id === undefined ? [] : [head.id]), ...definitions.map((one) => one.id)] }
}
