import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client'
import type { McpCapability } from '../../plugins/agents/manifest/mcp-schema.ts'

/** What to do with a message: pass it on, answer its sender, or (neither) drop it. */
export interface FilterVerdict {
  forward?: JSONRPCMessage
  answer?: JSONRPCMessage
}

/** Filters the messages between a client and a server. */
export interface MessageFilter {
  fromClient(message: JSONRPCMessage): FilterVerdict
  fromServer(message: JSONRPCMessage): FilterVerdict
}

/** JSON-RPC's "method not found". */
const METHOD_NOT_FOUND = -32601

type Table = readonly (readonly [prefix: string, capabilities: readonly McpCapability[]])[]

// Methods of MCP 2025-11-25 by the capability that they need; a method that is not listed is refused.
const OF_CLIENT: Table = [
  ['initialize', []],
  ['ping', []],
  ['tools/', []],
  ['logging/', []],
  ['notifications/initialized', []],
  ['notifications/cancelled', []],
  ['notifications/progress', []],
  ['resources/', ['resources']],
  ['prompts/', ['prompts']],
  ['completion/', ['resources', 'prompts']],
  ['notifications/roots/', ['roots']],
]
const OF_SERVER: Table = [
  ['ping', []],
  ['notifications/message', []],
  ['notifications/cancelled', []],
  ['notifications/progress', []],
  ['notifications/tools/', []],
  ['notifications/resources/', ['resources']],
  ['notifications/prompts/', ['prompts']],
  ['notifications/elicitation/', ['elicitation']],
  ['sampling/', ['sampling']],
  ['elicitation/', ['elicitation']],
  ['roots/', ['roots']],
]

/** Capabilities that each side may declare when a session begins, by the manifest's capability that allows them. */
const DECLARED: Readonly<Record<string, readonly McpCapability[]>> = {
  tools: [],
  logging: [],
  resources: ['resources'],
  prompts: ['prompts'],
  completions: ['resources', 'prompts'],
  sampling: ['sampling'],
  elicitation: ['elicitation'],
  roots: ['roots'],
}

/**
 * Passes tools, logging and progress, and of the other MCP capabilities those that the agent's manifest allows. A
 * server that uses another one gets "method not found", and neither side learns that the other has it.
 */
export function createCapabilityFilter(allowed: readonly McpCapability[] = []): MessageFilter {
  const sessions = new Set<RequestId>()
  const isAllowed = (capabilities: readonly McpCapability[]) =>
    capabilities.length === 0 || capabilities.some((one) => allowed.includes(one))
  const judge = (message: JSONRPCMessage, table: Table): FilterVerdict => {
    if (!('method' in message)) return { forward: message }
    const row = table.find(([prefix]) => message.method.startsWith(prefix))
    if (row && isAllowed(row[1])) return { forward: message }
    return 'id' in message ? { answer: refusal(message.id, message.method, row?.[1][0]) } : {}
  }
  const declared = (capabilities: unknown) =>
    Object.fromEntries(
      Object.entries(capabilities ?? {}).filter(
        ([name]) => Object.hasOwn(DECLARED, name) && isAllowed(DECLARED[name] ?? []),
      ),
    )
  return {
    fromClient(message) {
      if (!('method' in message && message.method === 'initialize' && 'id' in message))
        return judge(message, OF_CLIENT)
      sessions.add(message.id)
      const params = { ...message.params, capabilities: declared(message.params?.capabilities) }
      return { forward: { ...message, params } }
    },
    fromServer(message) {
      if ('method' in message || message.id === undefined || !sessions.delete(message.id))
        return judge(message, OF_SERVER)
      if (!('result' in message)) return { forward: message }
      const result = { ...message.result, capabilities: declared(message.result.capabilities) }
      return { forward: { ...message, result } }
    },
  }
}

function refusal(id: RequestId, method: string, capability: McpCapability | undefined): JSONRPCMessage {
  const why = capability ? `the agent does not ask for the capability "${capability}"` : 'it is not supported'
  const message = `${JSON.stringify(method.slice(0, 128))} is not allowed: ${why}`
  return { jsonrpc: '2.0', id, error: { code: METHOD_NOT_FOUND, message } }
}
