import type { ResourceLink } from '@modelcontextprotocol/server'
import * as z from 'zod'
import type { McpDefinition } from '../registry/answers.ts'
import { readDefinition } from '../registry/read-definition.ts'
import type { McpKind } from '../registry/registry-client.ts'
import { buildUri } from '../registry/uris.ts'
import { DATA_OF_OTHERS, definitionIn, version } from './inputs.ts'
import { defineTool, READ_ONLY, type Tool } from './tool.ts'

/** The most text in one answer, UTF-8 bytes; links lead to the rest. */
const MOST_TEXT = 64 * 1024

const PARTS = ['manifest', 'texts', 'files'] as const

const output = z.strictObject({
  kind: z.string(),
  id: z.string(),
  version: z.int(),
  digest: z.string(),
  status: z.string(),
  live: z.boolean().optional().describe('Whether this version is live; absent if a version was asked for.'),
  name: z.string(),
  summary: z.string(),
  etag: z.string().nullable().describe('Send it as `ifMatch` with a change that is based on this answer.'),
  manifest: z.record(z.string(), z.unknown()).optional(),
  texts: z.record(z.string(), z.string()).optional().describe('Texts by path.'),
  files: z.array(z.object({ path: z.string(), size: z.int(), sha256: z.string() })).optional(),
  omitted: z.array(z.string()).optional().describe('Paths of texts that did not fit: read their resources.'),
})

/** Shows one definition: its head, and the parts that are asked for. */
export function getDefinition(kinds: readonly McpKind[]): Tool {
  const input = definitionIn(kinds).extend({
    version: version.optional().describe('This version; the live one unless given.'),
    include: z
      .array(z.enum(PARTS))
      .default(['manifest', 'texts'])
      .describe('The parts: the manifest, the texts (prompts), the list of all files.'),
  })
  return defineTool({
    name: 'get_definition',
    title: 'Get a definition',
    description: `Read one definition, live or at a version, with its manifest and texts. ${DATA_OF_OTHERS}`,
    input,
    output,
    access: 'public',
    hints: READ_ONLY,
    run: async ({ include, ...which }, { client }) => {
      const { definition, etag } = await readDefinition(client, which)
      const parts = new Set(include)
      const { texts, omitted } = fitTexts(parts.has('texts') ? definition.texts : {})
      const { kind, id, version, digest, status, live, metadata: description, manifest, files } = definition
      const { name, summary } = description
      const data = {
        ...{ kind, id, version, digest, status, live, name, summary, etag },
        ...(parts.has('manifest') ? { manifest } : {}),
        ...(parts.has('texts') ? { texts } : {}),
        ...(parts.has('files')
          ? { files: files.map(({ path, size, sha256 }) => ({ path, size, sha256 })) }
          : {}),
        ...(omitted.length > 0 ? { omitted } : {}),
      }
      return { data, links: omitted.map((path) => linkTo(definition, path)) }
    },
  })
}

/** The texts that fit together, in the order of their paths; the manifest is a part of its own. */
function fitTexts(texts: Readonly<Record<string, string>>) {
  const fitting: Record<string, string> = {}
  const omitted: string[] = []
  let room = MOST_TEXT
  for (const [path, text] of Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const size = Buffer.byteLength(text)
    if (size > room) omitted.push(path)
    else {
      room -= size
      Object.defineProperty(fitting, path, { value: text, enumerable: true })
    }
  }
  return { texts: fitting, omitted }
}

function linkTo({ kind, id, version }: McpDefinition, path: string): ResourceLink {
  return { type: 'resource_link', uri: buildUri({ kind, id, version, path }), name: path }
}
