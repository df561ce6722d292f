import type { CallToolResult, ResourceLink, ToolAnnotations } from '@modelcontextprotocol/server'
import type * as z from 'zod'
import { fieldDemands } from '../../contract/manifest/zod-demand.ts'
import { ApiProblem, type McpKind, type RegistryClient } from '../registry/registry-client.ts'

/** What a caller may be offered. */
export interface Rights {
  /** Whether the credentials are a publisher's. */
  publisher: boolean
  /** Whether tools may change something. */
  writes: boolean
}

/** What a tool works with. */
export interface ToolContext extends Rights {
  client: RegistryClient
  kinds: readonly McpKind[]
}

/** What a tool found: data of the registry, and links to what did not fit. */
export interface ToolData<O> {
  data: O
  links?: ResourceLink[]
}

/** One tool, as data. */
export interface Tool<I = unknown, O = unknown> {
  name: string
  title: string
  description: string
  input: z.ZodType<I>
  output: z.ZodType<O>
  /** `publisher`: needs a publisher's credentials. `write`: needs them, and changes what is live. */
  access: 'public' | 'publisher' | 'write'
  hints: ToolAnnotations
  run: (args: I, context: ToolContext) => Promise<ToolData<O>>
}

/** Checks a tool's types and then hides them, so that all tools fit one table. */
export function defineTool<I, O>(tool: Tool<I, O>): Tool {
  return tool as unknown as Tool
}

/** The hints of tools that change nothing. */
export const READ_ONLY: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}

/** Whether a tool is in the caller's list. */
export function isOffered({ access }: Tool, { publisher, writes }: Rights): boolean {
  return access === 'public' || (publisher && (access === 'publisher' || writes))
}

/** Runs a tool. Whatever the registry or the arguments make impossible is a result that a model can read. */
export async function runTool(tool: Tool, args: unknown, context: ToolContext): Promise<CallToolResult> {
  const parsed = tool.input.safeParse(args ?? {})
  if (!parsed.success) {
    const errors = fieldDemands(parsed.error.issues.slice(0, 20))
    const [first] = errors
    const message = `${first?.field || 'the arguments'}: ${first?.message}`
    return toError({ code: 'BAD_REQUEST', message, hint: "see the tool's inputSchema", errors })
  }
  try {
    const { data, links = [] } = await tool.run(parsed.data, context)
    // Clients of earlier revisions read the text alone.
    const text = { type: 'text', text: JSON.stringify(data) } as const
    return { content: [text, ...links], structuredContent: data as Record<string, unknown> }
  } catch (error) {
    if (error instanceof ApiProblem) return toError(error.problem)
    throw error
  }
}

/** The problem as JSON, since it quotes what others wrote. */
function toError(problem: ApiProblem['problem']): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(problem) }] }
}
