import { isIPv4, isIPv6 } from 'node:net'
import { describe, expect, test } from 'vitest'
import {
  isEmail,
  isHostname,
  isIpv4,
  isIpv6,
  isUri,
  isUriReference,
  isUriTemplate,
} from '../../../src/contract/schemas/uri-formats.ts'
import fc from '../../harness/fast-check.ts'

const nearIpv4 = fc.string({ unit: fc.constantFrom('0', '1', '2', '5', '6', '.', '.'), maxLength: 16 })
const nearIpv6 = fc.string({
  unit: fc.constantFrom('0', 'a', 'F', ':', ':', '::', '1.2.3.4', '.', 'g'),
  maxLength: 20,
})

test('an address of IPv4 or IPv6 is one that Node.js knows, without a zone', () => {
  fc.assert(
    fc.property(fc.oneof(nearIpv4, nearIpv6, fc.ipV4(), fc.ipV6()), (text) => {
      expect({ text, v4: isIpv4(text), v6: isIpv6(text) }).toEqual({
        text,
        v4: isIPv4(text),
        v6: isIPv6(text),
      })
    }),
    { numRuns: 3_000 },
  )
  expect(isIpv6('fe80::1%eth0')).toBe(false)
})

test('every address of the web is a URI, and a URI is a reference', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      expect([isUri(url), isUriReference(url)]).toEqual([true, true])
    }),
    { numRuns: 200 },
  )
})

describe.each<[string, (text: string) => boolean, string[], string[]]>([
  [
    'a URI',
    isUri,
    ['mailto:a@b', 'urn:x:y', 'http://[::1]:8080/', 'http://u:p@h:1/a?b#c', 'a:'],
    [
      '',
      '/a',
      'a',
      '1a:b',
      'http://a b',
      'http://[::1',
      'http://h:port/',
      'http://h/%zz',
      'http://h/ü',
      'http://a\\b',
    ],
  ],
  ['a reference', isUriReference, ['', '/a', '../a?b', '#c', '//h/a'], ['a b', '%', ':a', 'a\nb', '<a>']],
  [
    'a host name',
    isHostname,
    ['a', 'a.b', 'a.b.', 'xn--nxasmq6b', `${'a'.repeat(63)}.b`],
    ['', '.', '.a', 'a..b', '-a', 'a-', 'a_b', 'ä.b', `${'a'.repeat(64)}.b`, 'a.'.repeat(128), 'a b'],
  ],
  [
    'a mailbox',
    isEmail,
    ['a@b', 'a.b+c@d.e', '"a b"@c', 'a@[1.2.3.4]', 'a@[IPv6:::1]'],
    [
      '',
      '@b',
      'a@',
      'a',
      '.a@b',
      'a.@b',
      'a..b@c',
      'a b@c',
      'a@b.',
      'a@[1.2.3]',
      'a@[::1]',
      `${'a'.repeat(65)}@b`,
      '"a"b"@c',
    ],
  ],
  [
    'a template of URIs',
    isUriTemplate,
    ['', 'a', '/{id}', '{?a,b*}', '{+path:10}/x', '{a.b}'],
    ['{', '}', '{}', '{a', '{a b}', 'a b', '<a>', '{a:0}', '{^a}', '%z'],
  ],
])('%s', (_what, is, yes, no) => {
  test.each(yes)('%j is one', (text) => expect(is(text)).toBe(true))
  test.each(no)('%j is not one', (text) => expect(is(text)).toBe(false))
})

test('a text of any length is judged in time linear in it', () => {
  const started = performance.now()
  for (const part of ['a', 'a.', '1.', ':', '%41', '{a}', '@', '"', '\\ ', 'a-'])
    for (const is of [isEmail, isHostname, isIpv4, isIpv6, isUri, isUriReference, isUriTemplate])
      is(`${part.repeat(100_000)}\u0000`)
  expect(performance.now() - started).toBeLessThan(10_000)
})
