import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client'
import type { MessageFilter } from './capability-filter.ts'

/** JSON-RPC's "invalid params", the code that MCP asks for when a tool does not exist. */
const INVALID_PARAMS = -32602

/**
 * Hides tools that are not allowed and refuses calls of them.
 * @param allowed names of tools; all when left out or when `*` is among them
 */
export function createToolFilter(allowed: readonly string[] | undefined): MessageFilter {
  if (allowed === undefined || allowed.includes('*'))
    return { fromClient: (forward) => ({ forward }), fromServer: (forward) => ({ forward }) }
  const names = new Set<unknown>(allowed)
  const lists = new Set<RequestId>()
  return {
    fromClient(message) {
      if (!('method' in message)) return { forward: message }
      if (message.method === 'tools/list' && 'id' in message) lists.add(message.id)
      if (message.method !== 'tools/call' || names.has(message.params?.name)) return { forward: message }
      return 'id' in message ? { answer: refusal(message.id, message.params?.name) } : {}
    },
    fromServer(message) {
      if ('method' in message || message.id === undefined || !lists.delete(message.id))
        return { forward: message }
      if (!('result' in message)) return { forward: message }
      const tools: unknown = message.result.tools
      const offered = Array.isArray(tools) ? tools.filter((tool) => names.has(toolName(tool))) : []
      return { forward: { ...message, result: { ...message.result, tools: offered } } }
    },
  }
}

function toolName(tool: unknown): unknown {
  return typeof tool === 'object' && tool !== null && 'name' in tool ? tool.name : undefined
}

function refusal(id: RequestId, name: unknown): JSONRPCMessage {
  const toolName = typeof name === 'string' ? JSON.stringify(name.slice(0, 128)) : 'without a name'
  const message = `the tool ${toolName} is not allowed for this agent`
  return { jsonrpc: '2.0', id, error: { code: INVALID_PARAMS, message } }
}
