import type { JSONRPCMessage } from '@modelcontextprotocol/client'
import { describe, expect, it } from 'vitest'
import { createToolFilter } from '../../../src/worker/mcp/tool-filter.ts'

const call = (params: object, id?: number | string): JSONRPCMessage =>
  ({ jsonrpc: '2.0', method: 'tools/call', params, ...(id === undefined ? {} : { id }) }) as JSONRPCMessage
const list = (id: number | string): JSONRPCMessage => ({ jsonrpc: '2.0', id, method: 'tools/list' })
const listed = (id: number | string): JSONRPCMessage => ({
  jsonrpc: '2.0',
  id,
  result: { tools: [{ name: 'read' }, { name: 'write' }, null], nextCursor: 'more' },
})

describe('tools that are not allowed', () => {
  const filter = createToolFilter(['read'])

  it('the filter removes tools that are not allowed from every page of the list', () => {
    for (const id of [1, '1', 2]) {
      expect(filter.fromClient(list(id)).forward).toEqual(list(id))
      const seen = filter.fromServer(listed(id)).forward
      expect(seen).toMatchObject({ id, result: { tools: [{ name: 'read' }], nextCursor: 'more' } })
    }
  })

  it('the filter refuses a call of a tool that is not allowed, whatever its form', () => {
    expect(filter.fromClient(call({ name: 'read' }, 1)).forward).toBeDefined()
    for (const params of [{ name: 'write' }, { name: 'READ' }, { name: ['read'] }, {}])
      expect(filter.fromClient(call(params, 7))).toMatchObject({ answer: { id: 7, error: { code: -32602 } } })
    expect(filter.fromClient(call({ name: 'write' }))).toEqual({})
  })

  it('the filter refuses all tools for an empty list, and none for a star or a missing list', () => {
    const call1 = call({ name: 'read' }, 1)
    expect(createToolFilter([]).fromClient(call1).answer).toBeDefined()
    for (const allowed of [['*'], ['other', '*'], undefined])
      expect(createToolFilter(allowed).fromClient(call1)).toEqual({ forward: call1 })
  })
})
