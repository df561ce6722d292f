import type { JSONRPCMessage } from '@modelcontextprotocol/client'
import { describe, expect, it } from 'vitest'
import { MCP_CAPABILITIES, type McpCapability } from '../../../src/plugins/agents/manifest/mcp-schema.ts'
import { createCapabilityFilter } from '../../../src/worker/mcp/capability-filter.ts'

const request = (method: string, params = {}): JSONRPCMessage => ({ jsonrpc: '2.0', id: 1, method, params })
const notification = (method: string): JSONRPCMessage => ({ jsonrpc: '2.0', method })
const ALL = { resources: {}, prompts: {}, completions: {}, sampling: {}, elicitation: {}, roots: {} }

/** Every method of MCP 2025-11-25 that is not about tools: its sender, and the capabilities that allow it. */
const METHODS: [from: 'fromClient' | 'fromServer', method: string, ...needs: McpCapability[]][] = [
  ['fromClient', 'resources/list', 'resources'],
  ['fromClient', 'resources/templates/list', 'resources'],
  ['fromClient', 'resources/read', 'resources'],
  ['fromClient', 'resources/subscribe', 'resources'],
  ['fromClient', 'resources/unsubscribe', 'resources'],
  ['fromClient', 'prompts/list', 'prompts'],
  ['fromClient', 'prompts/get', 'prompts'],
  ['fromClient', 'completion/complete', 'resources', 'prompts'],
  ['fromClient', 'notifications/roots/list_changed', 'roots'],
  ['fromServer', 'notifications/resources/updated', 'resources'],
  ['fromServer', 'notifications/resources/list_changed', 'resources'],
  ['fromServer', 'notifications/prompts/list_changed', 'prompts'],
  ['fromServer', 'notifications/elicitation/complete', 'elicitation'],
  ['fromServer', 'sampling/createMessage', 'sampling'],
  ['fromServer', 'elicitation/create', 'elicitation'],
  ['fromServer', 'roots/list', 'roots'],
  ['fromClient', 'tasks/list'],
  ['fromServer', 'tasks/list'],
  ['fromClient', 'of/another/version'],
  ['fromServer', 'of/another/version'],
]
const COMMON: ['fromClient' | 'fromServer', string][] = [
  ...['ping', 'tools/list', 'tools/call', 'logging/setLevel'].map((one) => ['fromClient', one] as const),
  ...['ping', 'notifications/message', 'notifications/progress'].map((one) => ['fromServer', one] as const),
] as ['fromClient' | 'fromServer', string][]

describe('an MCP capability that the agent does not declare', () => {
  it.each(METHODS)('the filter refuses %s %s, and passes it on with %s alone', (from, method, ...needs) => {
    const isNotification = method.startsWith('notifications/')
    const message = isNotification ? notification(method) : request(method)
    for (const allowed of [[], ...MCP_CAPABILITIES.map((one) => [one])]) {
      const verdict = createCapabilityFilter(allowed)[from](message)
      const passes = needs.some((one) => allowed.includes(one))
      if (passes) expect(verdict).toEqual({ forward: message })
      else if (isNotification) expect(verdict).toEqual({})
      else expect(verdict).toMatchObject({ answer: { id: 1, error: { code: -32601 } } })
    }
  })

  it.each(COMMON)('the filter always passes %s %s on', (from, method) => {
    const message = request(method)
    expect(createCapabilityFilter()[from](message)).toEqual({ forward: message })
  })

  it('neither side declares an undeclared capability when a session begins', () => {
    for (const allowed of [[], ['sampling', 'resources']] as McpCapability[][]) {
      const filter = createCapabilityFilter(allowed)
      const begun = filter.fromClient(request('initialize', { capabilities: { ...ALL, tasks: {} } }))
      const kept = allowed.length ? { resources: {}, completions: {}, sampling: {} } : {}
      expect(begun.forward).toMatchObject({ params: { capabilities: kept } })
      expect((begun.forward as unknown as { params: { capabilities: object } }).params.capabilities).toEqual(
        kept,
      )
      const answer = { jsonrpc: '2.0', id: 1, result: { capabilities: { tools: {}, tasks: {}, ...ALL } } }
      const { forward } = filter.fromServer(answer as JSONRPCMessage)
      expect(forward).toMatchObject({ result: { capabilities: { tools: {}, ...kept } } })
      expect(
        Object.keys((forward as unknown as { result: { capabilities: object } }).result.capabilities),
      ).toHaveLength(1 + Object.keys(kept).length)
      // A second answer with the same id does not belong to the start of the session.
      expect(filter.fromServer(answer as JSONRPCMessage)).toEqual({ forward: answer })
    }
  })

  it('the filter does not change an answer to another request', () => {
    const answer: JSONRPCMessage = { jsonrpc: '2.0', id: 9, result: { capabilities: ALL } }
    expect(createCapabilityFilter().fromServer(answer)).toEqual({ forward: answer })
  })
})
