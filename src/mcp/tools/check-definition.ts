import type * as z from 'zod'
import { folder, verdict } from '../../api/reads/sent-shapes.ts'
import type { McpKind } from '../registry/registry-client.ts'
import { DATA_OF_OTHERS, kindIn } from './inputs.ts'
import { defineTool, READ_ONLY, type Tool } from './tool.ts'

/** Checks a definition with the rules of a publish. */
export function validateDefinition(kinds: readonly McpKind[]): Tool {
  return defineTool({
    name: 'validate_definition',
    title: 'Validate a definition',
    description: `Check the files of a definition with every rule of the registry. Stores nothing. ${DATA_OF_OTHERS}`,
    input: folder.extend({ kind: kindIn(kinds) }),
    output: verdict,
    access: 'public',
    hints: READ_ONLY,
    run: async ({ kind, ...folderToCheck }, { client }) => ({
      data: (await client.post([kind, 'validate'], folderToCheck)).body as z.infer<typeof verdict>,
    }),
  })
}
