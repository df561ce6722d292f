import type { ToolAnnotations } from '@modelcontextprotocol/server'
import * as z from 'zod'
import { moved } from '../../api/move-definition.ts'
import { ApiProblem, type McpKind } from '../registry/registry-client.ts'
import { DATA_OF_OTHERS, definitionIn, id, version } from './inputs.ts'
import { defineTool, type Tool } from './tool.ts'

const MOVES: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: false,
}

const idempotencyKey = z
  .string()
  .min(8)
  .max(200)
  .optional()
  .describe('A call that is repeated with the same key takes effect once.')

const plan = z
  .looseObject({ planId: z.string().optional(), createdAt: z.string().optional() })
  .describe('The plan, with the versions that it is locked to. A dry run has no `planId`.')

/** Makes a plan of a template. Undefined when no kind can be instantiated. */
export function instantiateTemplate(kinds: readonly McpKind[]): Tool | undefined {
  const [first, ...rest] = kinds.filter((kind) => kind.canInstantiate).map((kind) => kind.id)
  if (first === undefined) return undefined
  return defineTool({
    name: 'instantiate_template',
    title: 'Make a plan of a template',
    description: `Make a plan of a live template, locked to live versions; stored only with dryRun=false. ${DATA_OF_OTHERS}`,
    input: z.strictObject({
      kind: z.enum([first, ...rest]).default(first),
      id,
      parameters: z.record(z.string(), z.unknown()).default({}).describe('Values by name.'),
      dryRun: z.boolean().default(true).describe('Make the plan without storing it.'),
      idempotencyKey,
    }),
    output: plan,
    access: 'publisher',
    hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async ({ kind, id, idempotencyKey, ...body }, { client, writes }) => {
      if (!body.dryRun && !writes) throw notWritable()
      const answer = await client.post([kind, id, 'instantiate'], body, headersFor({ idempotencyKey }))
      return { data: answer.body as z.infer<typeof plan> }
    },
  })
}

function notWritable() {
  return new ApiProblem(403, {
    code: 'REFUSED',
    message: 'this server stores nothing',
    hint: 'start it with: nofx mcp --allow-writes',
  })
}

/** A move of the API as a tool. */
interface Move {
  name: string
  route: string
  title: string
  does: string
  /** What the move takes besides what all of them take. */
  extra: Record<string, z.ZodType>
}

const force = z.boolean().optional().describe('Go on although live definitions lose what they need.')
const reason = z.string().min(1).max(2000).describe('The reason, for the history.')

const ALL_MOVES: readonly Move[] = [
  {
    name: 'rollback_definition',
    route: 'rollback',
    title: 'Roll back',
    does: 'Make an earlier version live again, as a new version.',
    extra: { reason, force, targetVersion: version.optional().describe('The last good one unless given.') },
  },
  {
    name: 'promote_definition',
    route: 'promote',
    title: 'Promote a draft',
    does: 'Make the newest draft live.',
    extra: {
      reason: reason.optional(),
      force,
      version: version.optional().describe('The draft to promote.'),
    },
  },
  {
    name: 'disable_definition',
    route: 'disable',
    title: 'Disable',
    does: 'Disable every version of a definition for all readers, at once.',
    extra: { reason },
  },
  {
    name: 'enable_definition',
    route: 'enable',
    title: 'Enable',
    does: 'Enable a definition that was disabled.',
    extra: { reason, force },
  },
]

/** The tools that change what is live. Each is a route of the API. */
export function moveTools(kinds: readonly McpKind[]): Tool[] {
  return ALL_MOVES.map(({ name, route, title, does, extra }) =>
    defineTool({
      name,
      title,
      description: `${does} With dryRun=true it only reports what would happen. ${DATA_OF_OTHERS}`,
      input: definitionIn(kinds).extend({
        ...extra,
        dryRun: z.boolean().default(false).describe('Write nothing, and answer with the plan.'),
        ifMatch: z
          .string()
          .max(300)
          .optional()
          .describe('`etag` of get_definition: refuse if it has changed.'),
        idempotencyKey,
      }),
      output: moved.loose(),
      access: 'write',
      hints: MOVES,
      run: async ({ kind, id, ifMatch, idempotencyKey, ...body }, { client }) => {
        const answer = await client.post([kind, id, route], body, headersFor({ ifMatch, idempotencyKey }))
        return { data: answer.body as z.infer<typeof moved> }
      },
    }),
  )
}

/** @throws ApiProblem for characters that no header has */
function headersFor({ ifMatch, idempotencyKey }: { ifMatch?: string; idempotencyKey?: string }) {
  const headers = {
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  }
  const wrong = Object.entries(headers).find(([, value]) => !/^[\x20-\x7e]*$/.test(value))
  if (!wrong) return headers
  throw new ApiProblem(400, {
    code: 'BAD_REQUEST',
    message: `${wrong[0]} holds other characters than printable ASCII`,
    hint: 'send it unchanged',
  })
}
