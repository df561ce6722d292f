import * as z from 'zod'
import { isError } from '../../contract/diagnostic.ts'
import { fieldDemands } from '../../contract/manifest/zod-demand.ts'
import { refuse } from '../http/problem.ts'
import { checkSent } from '../reads/check-sent.ts'
import { readDescriptions } from '../reads/read-descriptions.ts'
import { folder, toSentFinding, verdict } from '../reads/sent-shapes.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const body = z.union([
  folder,
  z.record(z.string(), z.unknown()).describe('The manifest alone; the files that it names are not checked.'),
])

type ValidateBody = z.infer<typeof body>

/** `POST /api/:kind/validate`: the findings of `nofx validate` on the definition in the request. Stores nothing. */
export const validateDefinition = defineRoute({
  method: 'POST',
  path: '/api/:kind/validate',
  name: 'validateDefinition',
  summary: 'Check a manifest, or a whole definition, with every rule.',
  access: 'public',
  // Up to half a second of work on the content of an anonymous request.
  cost: 10,
  body,
  responses: { 200: { description: 'The result of the check, with or without errors.', schema: verdict } },
  handle: async ({ kind, body, text, client }: RouteCall<unknown, unknown, ValidateBody>) => {
    const request: z.infer<typeof folder> =
      'files' in body ? parseFolder(body) : { files: { [kind.manifestFile]: text } }
    const { id, files, assets = {} } = request
    const lookUp = (names: { kind: string; id: string }[]) => readDescriptions(client, names)
    const sentFolder = {
      ...{ id, files: new Map(Object.entries(files)), assets: new Map(Object.entries(assets)) },
      whole: 'files' in body,
    }
    const { diagnostics, more } = await checkSent(kind, sentFolder, lookUp)
    const errors = diagnostics.map(toSentFinding)
    const valid = !errors.some(isError)
    return { body: { valid, errors, ...(more > 0 ? { more } : {}) } }
  },
})

/** Distinguishes a folder from a manifest: no manifest has a field `files`. */
function parseFolder(body: object): z.infer<typeof folder> {
  const parsed = folder.safeParse(body)
  if (parsed.success) return parsed.data
  const issues = fieldDemands(parsed.error.issues)
  const message = `${issues[0]?.field || 'the body'}: ${issues[0]?.message}`
  throw refuse(400, 'BAD_REQUEST', message, 'send {"files": {"<path>": "<text>"}}', { issues })
}
