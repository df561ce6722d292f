import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import {
  createDeployHook,
  type DeployHookOptions,
  ringDeployHook,
} from '../../../src/cloud/hosted/deploy-hook.ts'
import { receive } from '../../edge/support/receiver.ts'

const SECRET = 'prj_AbC123/TopSecretToken'
/** A hook on this machine, and short pauses. */
const HERE: DeployHookOptions = { loopback: true, firstPauseMs: 1 }
/** Time for a second attempt, and for few more. */
const TWICE: DeployHookOptions = { withinMs: 3000, firstPauseMs: 1500 }
const ring = (url: string, options: DeployHookOptions = {}) =>
  ringDeployHook(`${new URL(url).origin}/v1/integrations/deploy/${SECRET}?buildCache=false`, {
    ...HERE,
    ...options,
  })

/** Answers with these statuses in turn, the last one for ever. */
const answering =
  (...statuses: number[]) =>
  (outgoing: import('node:http').ServerResponse) => {
    const status = statuses.length > 1 ? (statuses.shift() as number) : (statuses[0] as number)
    outgoing.writeHead(status, { location: '/elsewhere' }).end(`{"secret":"${SECRET}"}`)
  }

describe('a deploy hook', () => {
  test('a deploy hook gets one empty POST to its whole URL', async () => {
    const receiver = await receive((outgoing, _, incoming) => {
      expect(`${incoming.method} ${incoming.url}`).toBe(
        `POST /v1/integrations/deploy/${SECRET}?buildCache=false`,
      )
      outgoing.writeHead(201).end('{"job":{"id":"x","state":"PENDING"}}')
    })
    expect(await ring(receiver.url)).toEqual({ rung: true, tries: 1 })
    expect(receiver.got).toMatchObject([{ body: '' }])
  })

  test.each([
    ['fails for a while', [500, 503, 429, 200], { rung: true, tries: 4 }],
    ['redirects, which is not followed', [308], { rung: false, tries: 1, reason: 'it answered 308' }],
    ['is gone', [404], { rung: false, tries: 1, reason: 'it answered 404' }],
  ])('a deploy hook that %s', async (_, statuses, rung) => {
    const receiver = await receive(answering(...statuses))
    expect(await ring(receiver.url)).toEqual(rung)
    expect(receiver.got).toHaveLength(rung.tries)
  })

  test('a deploy hook that keeps failing is given up after the time limit', async () => {
    const receiver = await receive(answering(500))
    const rung = await ring(receiver.url, TWICE)
    expect(rung).toEqual({ rung: false, tries: receiver.got.length, reason: 'it answered 500' })
    expect(rung.tries).toBeGreaterThan(1)
  })

  test('a deploy hook that hangs costs one attempt and does not fail the promotion', async () => {
    let calls = 0
    const receiver = await receive((outgoing) => {
      if (++calls > 2) outgoing.end()
    })
    const late = await ring(receiver.url, { tryMs: 200 })
    expect(late).toEqual({ rung: true, tries: receiver.got.length })
    expect(late.tries).toBeGreaterThan(2)
    const silent = await receive(() => {})
    const rung = await ring(silent.url, { withinMs: 150 })
    expect(rung).toMatchObject({ rung: false, reason: 'it did not answer in time' })
  })

  test('a deploy hook that is unreachable is retried, then reported', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const rung = await ring(`http://127.0.0.1:${port}/`, TWICE)
    expect(rung).toMatchObject({ rung: false, reason: 'it cannot be reached (ECONNREFUSED)' })
    expect(rung.tries).toBeGreaterThan(1)
  })

  test('a deploy hook is given up at once when its signal is aborted', async () => {
    const stop = new AbortController()
    const receiver = await receive(() => stop.abort())
    const rung = await ring(receiver.url, { tryMs: 60_000, signal: stop.signal })
    expect(rung).toEqual({ rung: false, tries: 1, reason: 'it was interrupted' })
  })

  test.each([
    ['plain http', `http://api.example.com/${SECRET}`],
    ['this machine', `https://localhost/${SECRET}`],
    ['this machine over http', `http://127.0.0.1:1/${SECRET}`],
    ['a private address', `https://10.0.0.7/${SECRET}`],
    ['the metadata of a cloud', `https://169.254.169.254/${SECRET}`],
    ['a password', `https://ann:${SECRET}@api.example.com/`],
    ['an invalid URL', SECRET],
  ])('a deploy hook is not called at %s, and the environment cannot allow it', async (_, url) => {
    const hook = createDeployHook({ NOFX_DEPLOY_HOOK_URL: url, NOFX_DEPLOY_HOOK_LOOPBACK: '1' })
    const rung = await hook!()
    expect(rung).toEqual({
      rung: false,
      tries: 0,
      reason: 'NOFX_DEPLOY_HOOK_URL is not a public https URL',
    })
  })

  test.each([{}, { NOFX_DEPLOY_HOOK_URL: '' }, { NOFX_DEPLOY_HOOK_URL: ' ' }])(
    '%j has no deploy hook',
    (env: Record<string, string | undefined>) => expect(createDeployHook(env)).toBeUndefined(),
  )

  test.each([[200], [500], [302], [404]])(
    'the result of a deploy hook does not contain its URL after status %i',
    async (status) => {
      const receiver = await receive(answering(status))
      const rung = JSON.stringify(await ring(receiver.url, { withinMs: 50 }))
      expect(rung).not.toMatch(/prj_|TopSecret|127\.0\.0\.1|integrations/)
    },
  )
})
