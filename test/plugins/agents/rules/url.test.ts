import { describe, expect, test } from 'vitest'
import { readServerUrl, shownUrl } from '../../../../src/plugins/agents/rules/url.ts'
import fc from '../../../harness/fast-check.ts'

const rules = (url: string, draft = false) =>
  readServerUrl(url, draft).problems.map(({ rule }) => rule.slice(13))

describe('URLs that a registry accepts', () => {
  test.each([
    'https://mcp.example.com/mcp',
    'https://mcp.example.com',
    'https://mcp.example.com:8443/mcp',
    'HTTPS://MCP.Example.COM/mcp',
    'https://mcp.example.com./mcp',
    'https://8.8.8.8/mcp',
    'https://172.32.0.1/mcp',
    'https://100.128.0.1/mcp',
    'https://[2606:4700:4700::1111]/mcp',
    'https://münchen.example/mcp',
    'https://xn--mnchen-3ya.example/mcp',
    'https://mcp.example.com/mcp?project=12&mode=read',
    'https://mcp.example.com/mcp?project=0d3f7c9a-1f2e-4b5c-8d6e-7f8a9b0c1d2e',
    'https://mcp.example.com/mcp?author=kay&keyboard=de&monkey=1&passage=4',
    'https://mcp.example.com/a%20b',
    'https://localhost.example.com/mcp',
    'https://internal.example.com/mcp',
    'https://10.0.0.7.example.com/mcp',
  ])('%s', (url) => expect(rules(url)).toEqual([]))
})

describe('URLs that name this machine', () => {
  const spellings = [
    'https://localhost/mcp',
    'https://LOCALHOST/mcp',
    'https://localhost./mcp',
    'https://app.localhost/mcp',
    'https://127.0.0.1/mcp',
    'https://127.0.0.1./mcp',
    'https://127.1/mcp',
    'https://2130706433/mcp',
    'https://0x7f000001/mcp',
    'https://0x7f.0.0.1/mcp',
    'https://017700000001/mcp',
    'https://0177.0.0.01/mcp',
    'https://127.255.255.254/mcp',
    'https://[::1]/mcp',
    'https://[0:0:0:0:0:0:0:1]/mcp',
    'https://[::ffff:127.0.0.1]/mcp',
    'https://[::ffff:7f00:1]/mcp',
    'https://[::127.0.0.1]/mcp',
    'https://[::ffff:0:127.0.0.1]/mcp',
    'https://[64:ff9b::127.0.0.1]/mcp',
    'https://[2002:7f00:1::]/mcp',
    'https://%6c%6f%63%61lhost/mcp',
    'https://１２７.０.０.１/mcp',
    'https://127。0。0。1/mcp',
    'https://ⓛocalhost/mcp',
    'http://localhost:5008/sse',
    'http://127.0.0.1:3001/sse',
  ]
  test.each(spellings)('%s is refused', (url) => expect(rules(url)).toEqual(['LOOPBACK']))
  test.each(spellings)('%s is accepted in a draft', (url) => expect(rules(url, true)).toEqual([]))
})

describe('URLs without a public host', () => {
  test.each([
    ['https://10.0.0.7/mcp', 'is a private address'],
    ['https://167772167/mcp', 'is a private address (10.0.0.7)'],
    ['https://0xa000007/mcp', 'is a private address (10.0.0.7)'],
    ['https://012.0.0.7/mcp', 'is a private address (10.0.0.7)'],
    ['https://172.16.0.1/', 'is a private address'],
    ['https://172.31.255.255/', 'is a private address'],
    ['https://192.168.1.1/', 'is a private address'],
    ['https://192.168.257/', 'is a private address (192.168.1.1)'],
    ['https://[::ffff:10.0.0.7]/', 'is a private address ([::ffff:a00:7])'],
    ['https://[::ffff:a00:7]/', 'is a private address'],
    ['https://[2002:a00:7::1]/', 'is a private address'],
    ['https://[64:ff9b::a00:7]/', 'is a private address'],
    ['https://[fe80::5efe:10.0.0.7]/', 'is a private address ([fe80::5efe:a00:7])'],
    ['https://[fd12:3456::1]/', 'is a private address'],
    ['https://[fc00::1]/', 'is a private address'],
    ['https://[fec0::1]/', 'is a private address'],
    ['https://169.254.1.1/', 'is a link-local address'],
    ['https://[fe80::1]/', 'is a link-local address'],
    ['https://100.64.0.1/', 'is a carrier-grade NAT address'],
    ['https://100.127.255.255/', 'is a carrier-grade NAT address'],
    ['https://169.254.169.254/latest/meta-data', 'is a cloud metadata host'],
    ['https://2852039166/', 'is a cloud metadata host (169.254.169.254)'],
    ['https://[::ffff:169.254.169.254]/', 'is a cloud metadata host ([::ffff:a9fe:a9fe])'],
    ['https://[fd00:ec2::254]/', 'is a cloud metadata host'],
    ['https://100.100.100.200/', 'is a cloud metadata host'],
    ['https://168.63.129.16/', 'is a cloud metadata host'],
    ['https://metadata.google.internal/', 'is a cloud metadata host'],
    ['https://metadata.google.internal./', 'is a cloud metadata host'],
    ['https://0.0.0.0/', 'is a reserved address'],
    ['https://0/', 'is a reserved address (0.0.0.0)'],
    ['https://255.255.255.255/', 'is a reserved address'],
    ['https://224.0.0.1/', 'is a reserved address'],
    ['https://192.0.2.1/', 'is a reserved address'],
    ['https://198.18.0.1/', 'is a reserved address'],
    ['https://[::]/', 'is a reserved address'],
    ['https://[ff02::1]/', 'is a reserved address'],
    ['https://[2001:db8::1]/', 'is a reserved address'],
    ['https://printer.local/', 'is an internal name'],
    ['https://PRINTER.LOCAL./', 'is an internal name'],
    ['https://mcp.corp.internal/', 'is an internal name'],
    ['https://nas.home.arpa/', 'is an internal name'],
    ['https://mcp.lan/', 'is an internal name'],
    ['https://mcp.default.svc/', 'is an internal name'],
    ['https://intranet/', 'is an internal name'],
    ['https://127.0.0.1.nip.io/', 'is an internal name'],
    ['https://app.localtest.me/', 'is an internal name'],
  ])('%s %s', (url, detail) => {
    const [problem, ...others] = readServerUrl(url, false).problems
    expect(problem?.rule).toBe('NOFX_MCP_URL_PRIVATE')
    expect(problem?.detail).toBe(detail)
    expect(others).toEqual([])
    expect(rules(url, true)).toEqual(['PRIVATE'])
  })
})

describe('URLs that contain more than the address of a server', () => {
  test.each([
    ['http://mcp.example.com/', ['SCHEME']],
    ['ws://mcp.example.com/', ['SCHEME']],
    ['ftp://10.0.0.1/', ['SCHEME', 'PRIVATE']],
    ['https://user:pass@mcp.example.com/', ['USERINFO']],
    ['https://user@mcp.example.com/', ['USERINFO']],
    ['https://@mcp.example.com/', ['USERINFO']],
    ['https://mcp.example.com@10.0.0.1/', ['PRIVATE', 'USERINFO']],
    ['https://mcp.example.com/#x', ['FRAGMENT']],
    ['https://mcp.example.com/#', ['FRAGMENT']],
    ['https://mcp.example.com/?key=1', ['TOKEN']],
    ['https://mcp.example.com/?apiKey=1', ['TOKEN']],
    ['https://mcp.example.com/?API-KEY=1', ['TOKEN']],
    ['https://mcp.example.com/?access_token=1', ['TOKEN']],
    ['https://mcp.example.com/?x-amz-signature=1', ['TOKEN']],
    ['https://mcp.example.com/?a=b&clientSecret=1', ['TOKEN']],
    ['https://mcp.example.com/?%74oken=1', ['TOKEN']],
    ['https://mcp.example.com/?profile=a1B2c3D4e5F6a7B8c9D0e1F2a3B4c5D6', ['TOKEN']],
    [`https://mcp.example.com/\${TOKEN}/mcp`, ['TOKEN']],
    ['https://mcp.amap.com/sse?key=<YOUR_TOKEN>', ['TOKEN']],
  ])('%s', (url, expected) => expect(rules(url)).toEqual(expected))
})

describe('URLs with unusual characters', () => {
  test.each([
    '',
    'mcp.example.com',
    '/mcp',
    '//mcp.example.com/mcp',
    'https:mcp.example.com',
    'https:/mcp.example.com',
    'https://',
    'https:///mcp',
    'https://exa mple.com/',
    ' https://mcp.example.com/',
    'https://mcp.example.com/\n',
    'ht\ttps://mcp.example.com/',
    'https:\\\\mcp.example.com\\mcp',
    'https://mcp.example.com\\@10.0.0.1/',
    'https://mcp.example.com:99999/',
    'https://[::1/',
    'https://[fe80::1%25eth0]/',
    'https://256.256.256.256/',
    'https://134744072/mcp',
    'https://8.8.2056/mcp',
    'https://mcp.ex%61mple.com/',
    'https://ｍcp.example.com/',
    'https://mcp\u00ad.example.com/',
    'javascript://mcp.example.com/%0aalert(1)x\u0000',
  ])('%j is refused', (url) => expect(rules(url)).toContain('INVALID'))

  test('a URL that is too long is refused without being parsed', () => {
    expect(rules(`https://mcp.example.com/${'a'.repeat(2048)}`)).toEqual(['LENGTH'])
  })
})

describe('variables', () => {
  test.each([
    ['https://mcp.example.com/{tenant}/mcp', []],
    ['https://{tenant}.example.com/mcp', []],
    ['https://{a}.{b}.example.com:8443/{c}?x={d}', []],
    ['https://{host}/mcp', ['VARIABLE', 'PRIVATE']],
    ['https://{host}.com/mcp', ['VARIABLE']],
    ['https://example.{tld}/mcp', ['VARIABLE']],
    ['https://{a}.0.0.1/mcp', ['INVALID']],
    ['https://{a}.nip.io/mcp', ['PRIVATE']],
    ['https://mcp.example.com:{port}/mcp', ['VARIABLE', 'INVALID']],
  ])('%s', (url, expected) => expect(rules(url)).toEqual(expected))

  test('are listed by name', () => {
    expect(readServerUrl('https://{a}.example.com/{b}/{a}', false).variables).toEqual(['a', 'b', 'a'])
  })
})

test.each([
  ['https://user:hunter2@mcp.example.com/x?token=abc#d', '"https://…@mcp.example.com/x?…"'],
  ['https://mcp.example.com/x#token', '"https://mcp.example.com/x#…"'],
  ['https://mcp.example.com/x', '"https://mcp.example.com/x"'],
])('messages show %s as %s', (url, shown) => expect(shownUrl(url)).toBe(shown))

describe('any text as a URL', () => {
  test('is parsed without an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.webUrl(),
          fc.string().map((s) => `https://${s}`),
        ),
        (url) => {
          expect(Array.isArray(readServerUrl(url, false).problems)).toBe(true)
        },
      ),
    )
  })

  test('means the same with an empty query, which the URL parser has to read', () => {
    const label = fc.constantFrom(
      ...[
        'mcp',
        'example',
        'com',
        'c0m',
        'local',
        'localhost',
        'nip',
        'io',
        'MCP',
        'ü',
        '',
        '-a',
        'a-',
        'a--b',
      ],
      ...['1', '127', '0x7f', 'xn--a', 'xn--bcher-kva', 'a_b', 'a%62', '{a}'],
    )
    const segment = fc.constantFrom(
      ...[
        '',
        '.',
        '..',
        '...',
        'a',
        'A_-1',
        '.a',
        'a.',
        'a..',
        '%2e',
        '%2E%2e',
        '%41',
        '~',
        'ü',
        'a b',
        '\\',
        '{a}',
      ],
    )
    const url = fc
      .tuple(
        fc.constantFrom('https://', 'https://', 'http://', 'HTTPS://', 'https:/', 'wss://', 'https://a@'),
        fc.array(label, { maxLength: 4 }),
        fc.constantFrom('', '', '', '.', ':443', ':8080'),
        fc.array(segment, { maxLength: 4 }),
      )
      .map(([start, labels, port, path]) => `${start}${labels.join('.')}${port}${['', ...path].join('/')}`)
    fc.assert(
      fc.property(url, fc.boolean(), (raw, draft) => {
        expect(readServerUrl(raw, draft)).toEqual(readServerUrl(`${raw}?`, draft))
      }),
      { numRuns: 500, examples: [['https://xn--a.example.com/a', false] as [string, boolean]] },
    )
  })

  const octet = fc.integer({ min: 0, max: 255 })
  const privateAddress = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
    fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
  )
  test('is refused if it names a private address in any spelling', () => {
    fc.assert(
      fc.property(privateAddress, fc.array(fc.nat(), { minLength: 6, maxLength: 6 }), (address, choices) => {
        const url = `https://${spell(address, choices)}/mcp`
        expect(rules(url)).toEqual([expect.stringMatching(/^(?:LOOPBACK|PRIVATE)$/)])
      }),
      { numRuns: 500 },
    )
  })
})

/** Writes an IPv4 address in one of the spellings that a URL parser understands. */
function spell(octets: readonly [number, number, number, number], choices: readonly number[]): string {
  const [a, b, c, d] = octets
  const pick = <T>(index: number, options: readonly T[]): T =>
    options[(choices[index] ?? 0) % options.length] as T
  const number = (value: number, index: number) =>
    pick(index, [
      `${value}`,
      `0x${value.toString(16)}`,
      `0X${value.toString(16).toUpperCase()}`,
      `0${value.toString(8)}`,
    ])
  const hex = (high: number, low: number) => ((high << 8) | low).toString(16)
  const dotted = [a, b, c, d].map(number).join('.')
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const forms = [
    dotted,
    `${dotted}.`,
    number(whole, 0),
    `${number(a, 0)}.${number((b << 16) | (c << 8) | d, 1)}`,
    `${number(a, 0)}.${number(b, 1)}.${number((c << 8) | d, 2)}`,
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[0:0:0:0:0:FFFF:${hex(a, b)}:${hex(c, d)}]`,
    `[::ffff:0:${hex(a, b)}:${hex(c, d)}]`,
    `[64:ff9b::${hex(a, b)}:${hex(c, d)}]`,
    `[2002:${hex(a, b)}:${hex(c, d)}::1]`,
    [a, b, c, d].join('%2E'),
    [a, b, c, d].join('．'),
    [...`${a}.${b}.${c}.${d}`]
      .map((char) => (char === '.' ? char : String.fromCodePoint(0xff10 + Number(char))))
      .join(''),
    [...`${a}.${b}.${c}.${d}`].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(''),
  ]
  return pick(5, forms)
}
