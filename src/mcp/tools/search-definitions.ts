import * as z from 'zod'
import { listAnswer } from '../registry/answers.ts'
import { decodeKindCursor, encodeKindCursor, type KindCursor, placeAfter } from '../registry/kind-cursor.ts'
import type { McpKind } from '../registry/registry-client.ts'
import { DATA_OF_OTHERS, kindIn } from './inputs.ts'
import { defineTool, READ_ONLY, type Tool, type ToolContext } from './tool.ts'

/** The most items of one answer, which a model reads as a whole. */
const MOST = 50
const STATES = ['active', 'deprecated', 'disabled', 'draft', 'removed'] as const

const output = z.strictObject({
  items: z.array(
    z.strictObject({
      ...listAnswer.shape.items.element.omit({ owner: true }).shape,
      owner: z.string().optional(),
    }),
  ),
  nextCursor: z.string().nullable().describe('Send it as `cursor` for more; null at the end.'),
})

/** Lists the definitions that fit, of one kind or of all kinds one after another. */
export function searchDefinitions(kinds: readonly McpKind[]): Tool {
  const input = z.strictObject({
    query: z.string().min(1).max(200).optional().describe('A text in the id, name, summary or tags.'),
    kind: kindIn(kinds).optional().describe('Only this kind; all kinds unless given.'),
    skill: z.string().min(1).max(100).optional().describe('Only definitions that offer this skill.'),
    tag: z.string().min(1).max(100).optional().describe('Only definitions with this tag.'),
    status: z.enum(STATES).optional().describe('Only this state; readers see active and deprecated ones.'),
    limit: z.int().min(1).max(MOST).default(20),
    cursor: z.string().max(1_000).optional().describe('`nextCursor` of the answer before.'),
  })
  return defineTool({
    name: 'search_definitions',
    title: 'Search the registry',
    description: `Find agents, templates and other definitions by text, kind, skill, tag or status. ${DATA_OF_OTHERS}`,
    input,
    output,
    access: 'public',
    hints: READ_ONLY,
    run: async (args, context) => {
      const { kind, ...search } = args
      const among = context.kinds.filter(({ id }) => kind === undefined || id === kind)
      return { data: await searchFrom(search, among, context) }
    },
  })
}

interface SearchWords {
  query?: string
  skill?: string
  tag?: string
  status?: string
  limit: number
  cursor?: string
}

/** Goes on with the next kind while the page has room, so that a page is empty only at the end. */
async function searchFrom(
  { query, limit, cursor, ...filters }: SearchWords,
  kinds: readonly McpKind[],
  { client }: ToolContext,
): Promise<z.infer<typeof output>> {
  const items: z.infer<typeof output>['items'] = []
  let place: KindCursor | undefined = decodeKindCursor(cursor, kinds)
  while (place && items.length < limit) {
    const page = { ...filters, search: query, limit: limit - items.length, cursor: place.cursor }
    const { body } = await client.get([place.kind], page)
    const { items: matches, nextCursor } = listAnswer.parse(body)
    items.push(...matches)
    place = placeAfter(place, nextCursor, kinds)
  }
  return { items, nextCursor: place ? encodeKindCursor(place) : null }
}
