import * as z from 'zod'
import { ID_PATTERN } from '../id-pattern.ts'
import { definitionId } from './id.ts'
import { versionRange } from './semver.ts'
import { text } from './shape.ts'

const REFERENCE_RULE = 'must be an id, or an id with a range such as "reviewer@^1"'

/** A reference to another definition: `"reviewer"` or `"reviewer@^1"`. */
export const definitionReference = text({
  min: 2,
  max: 200,
  pattern: new RegExp(`${ID_PATTERN.source.slice(0, -1)}(?:@\\S.*)?$`),
  must: REFERENCE_RULE,
})

/** A reference to an agent, which has an older form as well: `{ "agentId": "reviewer", "range": "^1" }`. */
export const agentReference = z.union([
  definitionReference,
  z.strictObject({ agentId: definitionId, range: z.optional(versionRange) }),
])

export type AgentReference = z.output<typeof agentReference>

/** The id and the range of a reference in either form. */
export function splitReference(reference: AgentReference): { id: string; range?: string } {
  if (typeof reference !== 'string')
    return { id: reference.agentId, ...(reference.range === undefined ? {} : { range: reference.range }) }
  const at = reference.indexOf('@')
  return at < 0 ? { id: reference } : { id: reference.slice(0, at), range: reference.slice(at + 1) }
}
