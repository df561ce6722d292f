import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { BRIDGE, begun, connect, JSON_TYPE, read, settingsFile, well } from './support/bridged-server.ts'

test('the bridge restarts a forgotten session once for all calls, and the calls are answered', async () => {
  const sessions = new Set<string>()
  const opened: string[] = []
  const client = await connect(async (request, response) => {
    const { id, method, params } = await read(request)
    if (request.method !== 'POST') return response.writeHead(405).end()
    if (method === 'initialize') {
      const session = `session-${opened.length}`
      opened.push(session)
      sessions.add(session)
      return response
        .writeHead(200, { ...JSON_TYPE, 'mcp-session-id': session })
        .end(begun(id, params.protocolVersion))
    }
    if (!sessions.has(String(request.headers['mcp-session-id']))) return response.writeHead(404).end()
    if (id === undefined) return response.writeHead(202).end()
    return response.writeHead(200, JSON_TYPE).end(well(id))
  })
  const call = () => client.callTool({ name: 'echo' })
  await call()
  for (const times of [1, 2]) {
    sessions.clear()
    await Promise.all([call(), call(), call()])
    expect(opened).toHaveLength(times + 1)
  }
})

test('the bridge answers every call with an error when the server refuses each new session', async () => {
  let begins = 0
  const client = await connect(async (request, response) => {
    const { id, method, params } = await read(request)
    if (request.method !== 'POST') return response.writeHead(405).end()
    if (method !== 'initialize' || ++begins > 1) return response.writeHead(id === undefined ? 202 : 404).end()
    return response
      .writeHead(200, { ...JSON_TYPE, 'mcp-session-id': 'a' })
      .end(begun(id, params.protocolVersion))
  })
  for (const _ of [1, 2])
    await expect(client.callTool({ name: 'echo' })).rejects.toMatchObject({ code: -32000 })
})

test('the bridge refuses a redirect from POST to GET, with the status and the location', async () => {
  const client = await connect(async (request, response) => {
    const { id, method, params } = await read(request)
    if (method === 'initialize')
      return response.writeHead(200, JSON_TYPE).end(begun(id, params.protocolVersion))
    if (id === undefined) return response.writeHead(202).end()
    return response.writeHead(301, { location: '/elsewhere' }).end()
  })
  await expect(client.callTool({ name: 'echo' })).rejects.toThrow('redirect (301) to "/elsewhere"')
})

test('the bridge answers a call with an error when the message is too large', async () => {
  const client = await connect(async (request, response) => {
    const { id, method, params } = await read(request)
    if (method === 'initialize')
      return response.writeHead(200, JSON_TYPE).end(begun(id, params.protocolVersion))
    if (id === undefined) return response.writeHead(202).end()
    const isEvents = params.name === 'events'
    response.writeHead(200, { 'content-type': isEvents ? 'text/event-stream' : 'application/json' })
    response.write(isEvents ? 'data: "' : '"')
    const part = 'x'.repeat(1024 * 1024)
    for (let sent = 0; sent < 12; sent++) response.write(part)
    return response.end('"\n\n')
  })
  for (const name of ['events', 'json'])
    await expect(client.callTool({ name })).rejects.toMatchObject({ code: -32000 })
})

test.each([
  [true, 'answers'],
  [false, 'times out'],
])('a call that reports progress beyond timeoutMs, with resetTimeoutOnProgress %s, %s', async (reset) => {
  const client = await connect(
    async (request, response) => {
      const { id, method, params } = await read(request)
      if (method === 'initialize')
        return response.writeHead(200, JSON_TYPE).end(begun(id, params.protocolVersion))
      if (id === undefined) return response.writeHead(202).end()
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const { progressToken } = params._meta
      for (let progress = 1; progress < 8; progress++) {
        const report = {
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken, progress },
        }
        response.write(`data: ${JSON.stringify(report)}\n\n`)
        await new Promise((later) => setTimeout(later, 400))
      }
      return response.end(`data: ${well(id)}\n\n`)
    },
    { timeoutMs: 2_000, resetTimeoutOnProgress: reset },
  )
  const call = client.callTool({ name: 'slow' }, { onprogress: () => {} })
  if (reset) expect(await call).toMatchObject({ content: [] })
  else await expect(call).rejects.toMatchObject({ code: -32001 })
})

/** The bridge in front of a program, with a client that sends nothing; `reads`: whether the client reads. */
function bridgeOf(script: string, reads: boolean) {
  const path = settingsFile({ type: 'stdio', command: process.execPath, args: ['-e', script], env: {} })
  const bridge = spawn(process.execPath, [BRIDGE, path], { stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void bridge.kill('SIGKILL'))
  if (reads) bridge.stdout.resume()
  let said = ''
  bridge.stderr.on('data', (part) => {
    said += part
  })
  return new Promise<{ code: number | string | null; said: string }>((done) =>
    bridge.once('exit', (code, signal) => done({ code: code ?? signal, said })),
  )
}

test.each([
  ['exits', 'process.exit(0)', 'the MCP server ended'],
  [
    'sends a line without an end',
    "const more = () => process.stdout.write('x'.repeat(1e5), more); more()",
    'exceeded maximum size',
  ],
])('the bridge prints the reason and fails when a stdio server %s', async (_what, script, expected) => {
  const { code, said } = await bridgeOf(script, true)
  expect(said).toContain(expected)
  expect(code).toBe(1)
})

test('the bridge ends when its client does not read a flood of messages', async () => {
  const line = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"'
  const script = `const line = ${JSON.stringify(line)} + 'x'.repeat(1e6) + '"}}\\n'
const more = () => { while (process.stdout.write(line)); process.stdout.once('drain', more) }
more()`
  const { code, said } = await bridgeOf(script, false)
  expect(said).toContain('the client does not read')
  expect(code).toBe('SIGKILL')
})
