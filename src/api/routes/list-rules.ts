import * as z from 'zod'
import type { RuleCatalogue } from '../../contract/diagnostic.ts'
import { CORE_RULES } from '../../contract/rules.ts'
import { fingerprint } from '../http/tags.ts'
import { defineRoute } from '../route.ts'

const ruleList = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      severity: z.enum(['error', 'warning']),
      summary: z.string().describe('What holds for definitions that keep the rule.'),
    }),
  ),
})

/** `GET /api/rules`: every rule that a finding can name, by id; those of a kind come with the kind. */
export const listRules = defineRoute({
  method: 'GET',
  path: '/api/rules',
  name: 'listRules',
  summary: 'List the rules for definitions, of all kinds of this server.',
  access: 'public',
  previews: false,
  responses: {
    200: { description: 'All rules, by id.', schema: ruleList },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async ({ ports, matches }) => {
    const catalogues: RuleCatalogue[] = [CORE_RULES, ...ports.kinds.map(({ rules }) => rules)]
    const all = new Map(catalogues.flatMap((rules) => Object.entries(rules)))
    const items = [...all].map(([id, { severity, summary }]) => ({ id, severity, summary }))
    const body = { items: items.sort((a, b) => (a.id < b.id ? -1 : 1)) }
    const etag = fingerprint(body)
    if (matches(etag)) return { status: 304, etag, cacheTags: [] }
    return { body, etag, cacheTags: [] }
  },
})
