import * as z from 'zod'
import { links } from '../../api/reads/link-shapes.ts'
import { versionDiff, versionList } from '../../api/reads/shapes.ts'
import type { McpKind } from '../registry/registry-client.ts'
import { DATA_OF_OTHERS, definitionIn, version } from './inputs.ts'
import { defineTool, READ_ONLY, type Tool } from './tool.ts'

const shared = { access: 'public', hints: READ_ONLY } as const

/** Lists the versions of a definition. */
export function listVersions(kinds: readonly McpKind[]): Tool {
  return defineTool({
    ...shared,
    name: 'list_versions',
    title: 'List versions',
    description: `List the versions of a definition, newest first. ${DATA_OF_OTHERS}`,
    input: definitionIn(kinds).extend({
      limit: z.int().min(1).max(100).default(25),
      cursor: z.string().max(500).optional().describe('`nextCursor` of the answer before.'),
    }),
    output: versionList,
    run: async ({ kind, id, limit, cursor }, { client }) => {
      const { body } = await client.get([kind, id, 'versions'], { limit, cursor })
      return { data: body as z.infer<typeof versionList> }
    },
  })
}

/** Compares two versions of a definition. */
export function diffVersions(kinds: readonly McpKind[]): Tool {
  return defineTool({
    ...shared,
    name: 'diff_versions',
    title: 'Compare versions',
    description: `Compare two versions of a definition: the risks first, then fields and lines. ${DATA_OF_OTHERS}`,
    input: definitionIn(kinds).extend({
      from: version.describe('The version before.'),
      to: version.describe('The version after.'),
      context: z.int().min(0).max(1000).default(3).describe('Lines around each change of a text.'),
    }),
    output: versionDiff,
    run: async ({ kind, id, ...query }, { client }) => {
      const { risks, ...rest } = (await client.get([kind, id, 'diff'], query)).body as z.infer<
        typeof versionDiff
      >
      return { data: { risks, ...rest } }
    },
  })
}

/** Shows what needs a definition, and what it needs. */
export function findDependents(kinds: readonly McpKind[]): Tool {
  return defineTool({
    ...shared,
    name: 'find_dependents',
    title: 'Find dependents',
    description: `Find the definitions that break without this one (\`neededBy\`), and what it needs. ${DATA_OF_OTHERS}`,
    input: definitionIn(kinds),
    output: links,
    run: async ({ kind, id }, { client }) => ({
      data: (await client.get([kind, id, 'links'])).body as z.infer<typeof links>,
    }),
  })
}
