import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { fitting } from '../../cloud/registry/ask.ts'
import { remoteFailure } from '../../cloud/registry/remote-failure.ts'
import { definitionId, description, kindId, refs, state, version } from '../../cloud/registry/shapes.ts'
import { isLiveState } from '../../contract/fields/is-live.ts'
import { satisfies } from '../../contract/fields/semver.ts'
import type { Description } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { ask, LABEL, type Which } from './read-revisions.ts'

/** Ids in one query, so that its URL stays short. */
const AT_ONCE = 50

type LinkReference = z.output<typeof refs>[number]

/** A link as `needs` and `neededBy` have it, from the definition that refers to the one that it names. */
export interface Need {
  kind: string
  id: string
  relation: LinkReference['relation']
  range: string | null
  /** For a demand: what one of the named definitions has to offer. */
  provides?: string
}

/** A definition that the caller may see, removed ones excepted. */
export interface LinkTarget {
  live: { version: number; declaredVersion: string | null } | null
  description: Description
}

const targetRow = z.object({ id: definitionId, state, version: version.nullable(), metadata: description })

const dependents = z.array(z.object({ kind: kindId, id: definitionId, version: version.nullable(), refs }))

/** The references of a definition, one for each definition that it names, in the order of its manifest. */
export function findNeeds(all: readonly LinkReference[]): Need[] {
  const needs = all.flatMap((ref): Need[] =>
    ref.relation === 'demands'
      ? ref.oneOf.map((id) => ({
          kind: ref.kind,
          id,
          relation: ref.relation,
          range: null,
          provides: ref.provides,
        }))
      : [{ kind: ref.kind, id: ref.id, relation: ref.relation, range: ref.range ?? null }],
  )
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()]
}

/** The definitions that needs name, as far as `client` may see them, by `kind/id`. */
export async function readTargets(
  client: SupabaseClient,
  needs: readonly Need[],
): Promise<Map<string, LinkTarget>> {
  const targets = new Map<string, LinkTarget>()
  for (const kind of new Set(needs.map((need) => need.kind))) {
    const ids = [...new Set(needs.filter((need) => need.kind === kind).map(({ id }) => id))]
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const heads = client.from('registry_heads').select('id,state,version,metadata').eq('kind', kind)
      const query = heads.in('id', ids.slice(first, first + AT_ONCE)).neq('state', 'removed')
      for (const { id, state, version, metadata: description } of await ask(
        `look for ${kind}`,
        targetRow,
        query,
      )) {
        const declaredVersion = description.version ?? null
        const live = version !== null && isLiveState(state) ? { version, declaredVersion } : null
        targets.set(nameOf({ kind, id }), { live, description })
      }
    }
  }
  return targets
}

/**
 * Whether a need is met: a mention by a definition that exists, a requirement by a live one in its range, and a demand
 * by any of those that it names.
 */
export function isMet(need: Need, needs: readonly Need[], targets: ReadonlyMap<string, LinkTarget>): boolean {
  const { relation, range, kind, provides } = need
  if (relation === 'demands')
    return needs.some(
      (one) => one.kind === kind && one.provides === provides && offers(targets.get(nameOf(one)), provides),
    )
  const target = targets.get(nameOf(need))
  if (!target) return false
  return relation === 'mentions' || (target.live !== null && fits(target.live.declaredVersion, range))
}

const offers = (target: LinkTarget | undefined, provides = '') =>
  target !== undefined && target.live !== null && target.description.provides.includes(provides)

function fits(version: string | null, range: string | null): boolean {
  return range === null || (version !== null && satisfies(version, range))
}

/** Up to `limit` definitions that refer to one, as far as `client` may see them, by kind and id. */
export async function readDependents(
  client: SupabaseClient,
  { kind, id }: Which,
  limit: number,
): Promise<z.output<typeof dependents>> {
  const what = `look for what needs ${nameOf({ kind: kind.id, id })}`
  const args = { p_kind: kind.id, p_id: id, p_limit: limit }
  const { data, error, status } = await client.rpc('registry_dependents', args)
  if (error) throw remoteFailure(LABEL, what, { ...error, status })
  return fitting(LABEL, what, dependents, data)
}
