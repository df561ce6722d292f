import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { Client, type ClientOptions } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { onTestFinished } from 'vitest'

export const BRIDGE = resolve('dist/mcp-bridge.js')
export const JSON_TYPE = { 'content-type': 'application/json' }
export const STREAM = { 'content-type': 'text/event-stream' }

export function settingsFile(settings: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-bridge-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'settings.json')
  writeFileSync(path, JSON.stringify(settings))
  return path
}

/** A server on this machine, and the arguments of a bridge to it. */
async function argsFor(listener: RequestListener, rest: object): Promise<string[]> {
  const server = createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://localhost:${(server.address() as AddressInfo).port}/mcp`
  return [BRIDGE, settingsFile({ type: 'streamable-http', url, headers: {}, loopback: true, ...rest })]
}

/** A client that reaches a server of `listener` through the built bridge. */
export async function connect(
  listener: RequestListener,
  rest: object = {},
  options: ClientOptions = {},
): Promise<Client> {
  const args = await argsFor(listener, rest)
  const client = new Client({ name: 'test', version: '1' }, options)
  onTestFinished(() => client.close())
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  return client
}

type Message = { id?: unknown; result?: Record<string, unknown>; error?: { code: number; message: string } }

/** The bridge to a server of `listener` as a program: its input, its exit code, and the next message that it prints. */
export async function startBridge(listener: RequestListener) {
  const args = await argsFor(listener, {})
  const bridge: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  onTestFinished(() => void bridge.kill('SIGKILL'))
  const lines = bridge.stdout.iterator()
  let text = ''
  const next = async (): Promise<Message | undefined> => {
    while (!text.includes('\n')) {
      const { value, done } = await lines.next()
      if (done) return undefined
      text += value
    }
    const end = text.indexOf('\n')
    const line = text.slice(0, end)
    text = text.slice(end + 1)
    return JSON.parse(line)
  }
  const send = (...messages: object[]) => {
    for (const message of messages) bridge.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  const exited = new Promise<number | null>((done) => bridge.once('exit', done))
  return { bridge, send, next, exited }
}

/** What begins a session, as a client sends it. */
export const INITIALIZE = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}

export const begun = (id: unknown, protocolVersion: string) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } },
  })
export const well = (id: unknown) => JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } })

export async function read(request: AsyncIterable<Buffer>) {
  let text = ''
  for await (const part of request) text += part
  return text === '' ? {} : JSON.parse(text)
}
