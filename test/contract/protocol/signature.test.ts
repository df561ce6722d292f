import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { newSecret, readSecrets, sign, verify } from '../../../src/contract/protocol/signature.ts'

const NOW = Date.now()
const SECONDS = Math.floor(NOW / 1000)
const [ONE, TWO] = [newSecret(), newSecret()]
const BODY = '{"type":"registry.events","data":"Grüße 😀"}'

const signed = (secrets = [ONE], more: Partial<{ id: string; timestamp: number; body: string }> = {}) =>
  sign({ id: 'wh_1-2-3', timestamp: SECONDS, body: BODY, ...more }, secrets)

const check = (headers: Record<string, string>, secrets = [ONE], body: string | Uint8Array = BODY) =>
  verify(new Headers(headers), body, secrets, NOW)

describe('a signature', () => {
  test('is accepted by the official package, which signs alike', () => {
    const official = new Webhook(ONE)
    expect(official.verify(BODY, signed())).toEqual(JSON.parse(BODY))
    const theirs = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(SECONDS),
      'webhook-signature': official.sign('msg_1', new Date(NOW), BODY),
    }
    expect(check(theirs)).toEqual({ id: 'msg_1', timestamp: SECONDS })
    expect(() => new Webhook(TWO).verify(BODY, signed())).toThrow('No matching signature')
  })

  test('covers the bytes: a text and its UTF-8 have the same signature', () => {
    expect(check(signed(), [ONE], new TextEncoder().encode(BODY))).toMatchObject({ id: 'wh_1-2-3' })
  })

  test('is accepted during a rotation if any secret of the sender is one of the receiver', () => {
    for (const [sender, receiver] of [
      [[ONE, TWO], [TWO]],
      [[ONE], [TWO, ONE]],
      [[TWO, ONE], [ONE]],
    ] as const) {
      expect(check(signed([...sender]), [...receiver])).toMatchObject({ id: 'wh_1-2-3' })
      expect(new Webhook(sender[0]).verify(BODY, signed([...sender]))).toBeDefined()
    }
  })

  test.each([
    ['nothing', {}, 'unsigned'],
    ['no id', { 'webhook-id': '' }, 'unsigned'],
    ['no timestamp', { 'webhook-timestamp': '' }, 'unsigned'],
    ['no signature', { 'webhook-signature': '' }, 'unsigned'],
    ['another id', { 'webhook-id': 'wh_1-2-4' }, 'forged'],
    ['an id with a dot', { 'webhook-id': 'wh_1.2' }, 'forged'],
    ['two ids', { 'webhook-id': 'wh_1-2-3, wh_1-2-3' }, 'forged'],
    ['another time', { 'webhook-timestamp': String(SECONDS + 1) }, 'forged'],
    ['an invalid time', { 'webhook-timestamp': '1e9' }, 'forged'],
    [
      'another version',
      { 'webhook-signature': signed()['webhook-signature']!.replace('v1', 'v2') },
      'forged',
    ],
    ['half a signature', { 'webhook-signature': signed()['webhook-signature']!.slice(0, -4) }, 'forged'],
    ['a signature by another secret', { 'webhook-signature': signed([TWO])['webhook-signature']! }, 'forged'],
    ['an old time', signed([ONE], { timestamp: SECONDS - 301 }), 'old'],
    ['a time in the future', signed([ONE], { timestamp: SECONDS + 301 }), 'future'],
  ])('with %s is refused', (what, headers, problem) => {
    expect(check(what === 'nothing' ? {} : { ...signed(), ...headers })).toEqual({ problem })
  })

  test('of another body, or checked without a secret, is refused', () => {
    expect(check(signed(), [ONE], `${BODY} `)).toEqual({ problem: 'forged' })
    expect(check(signed(), [])).toEqual({ problem: 'unsigned' })
  })

  test('is accepted five minutes before and after its time', () => {
    for (const timestamp of [SECONDS - 300, SECONDS + 300])
      expect(check(signed([ONE], { timestamp }))).toMatchObject({ timestamp })
  })
})

describe('a secret', () => {
  test('consists of 32 random bytes', () => {
    expect(ONE).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(ONE).not.toBe(TWO)
  })

  test('is read alone or in a list, and never quoted', () => {
    expect(readSecrets(undefined)).toEqual([])
    expect(readSecrets(` ${ONE}, ${TWO}\n`)).toEqual([ONE, TWO])
    for (const wrong of ['hunter2', 'whsec_', 'whsec_c2hvcnQ=', `${ONE} x`])
      expect(() => readSecrets(wrong)).toThrow(/^is not of the form whsec_<base64>$/)
  })
})
