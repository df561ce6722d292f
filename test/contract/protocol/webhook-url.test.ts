import { expect, test } from 'vitest'
import { addressProblem, webhookUrlProblem } from '../../../src/contract/protocol/webhook-url.ts'

const ruleOf = (url: string, loopback = false) => webhookUrlProblem(url, { loopback })?.rule

test.each([
  ['https://example.com/hooks?key=1', undefined],
  ['https://example.com:8443/', undefined],
  ['https://example.com:443/', undefined],
  ['https://example.com:4443/', undefined],
  ['https://example.com:8080/', undefined],
  ['https://example.com:0/', 'PORT'],
  ['https://example.com:25/', 'PORT'],
  ['https://example.com:22/', 'PORT'],
  ['https://example.com:6379/', 'PORT'],
  ['https://example.com:65535/', 'PORT'],
  ['https://8.8.8.8/hook', undefined],
  ['', 'INVALID'],
  ['example.com/hook', 'INVALID'],
  ['https:example.com', 'INVALID'],
  ['https://exa mple.com/', 'INVALID'],
  ['https:\\\\example.com/', 'INVALID'],
  [`https://example.com/${'a'.repeat(2048)}`, 'LENGTH'],
  ['http://example.com/hook', 'SCHEME'],
  ['ftp://example.com/hook', 'SCHEME'],
  ['https://ann:pw@example.com/', 'USERINFO'],
  ['https://example.com/#top', 'FRAGMENT'],
  ['http://127.0.0.1:3000/', 'LOOPBACK'],
  ['https://localhost/', 'LOOPBACK'],
  ['https://[::1]/', 'LOOPBACK'],
  ['https://2130706433/', 'LOOPBACK'],
  ['https://10.0.0.7/', 'PRIVATE'],
  ['https://0x0a000007/', 'PRIVATE'],
  ['https://[::ffff:10.0.0.7]/', 'PRIVATE'],
  ['https://169.254.169.254/latest/meta-data', 'PRIVATE'],
  ['https://metadata.google.internal/', 'PRIVATE'],
  ['https://intranet/hook', 'PRIVATE'],
  ['https://10-0-0-7.nip.io/', 'PRIVATE'],
])('%s breaks the rule %s', (url, rule) => {
  expect(ruleOf(url)).toBe(rule && `NOFX_WEBHOOK_URL_${rule}`)
})

test('the URL of a developer’s own registry may name this machine, but no other private host', () => {
  for (const url of ['http://127.0.0.1:3000/', 'http://localhost:1/', 'https://[::1]/', 'http://127.1/'])
    expect(ruleOf(url, true)).toBeUndefined()
  for (const url of ['http://10.0.0.7/', 'http://example.com/', 'ftp://127.0.0.1/', 'http://127.0.0.1:0/'])
    expect(ruleOf(url, true)).toBeDefined()
  expect(addressProblem('127.0.0.1', { loopback: true })).toBeUndefined()
  expect(addressProblem('10.0.0.7', { loopback: true })).toMatch(/resolves to 10\.0\.0\.7, .* private/)
})

test('a problem does not quote the part of a URL that may contain a secret', () => {
  for (const url of ['https://ann:hunter2@example.com/', 'https//x?hunter2', 'https://10.0.0.7/hunter2']) {
    const { message, hint } = webhookUrlProblem(url, { loopback: false })!
    expect(message + hint).not.toContain('hunter2')
  }
})
