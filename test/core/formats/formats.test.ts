import { describe, expect, it } from 'vitest'
import { formats } from '../../../src/core/formats/formats.ts'
import { renderPlace } from '../../../src/core/formats/place.ts'
import { oneLinePrintable } from '../../../src/core/printable.ts'
import { context, example, hostile, tags, warning } from './support/samples.ts'

const [text, json, sarif, junit, github] = await Promise.all([
  formats.text(),
  formats.json(),
  formats.sarif(),
  formats.junit(),
  formats.github(),
])

/** Everything that could control a terminal; line feeds are checked by counting lines. */
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028]/

describe('text', () => {
  it('writes a finding as the documentation shows it', () => {
    expect(text([example], context)).toBe(
      'packages/shared/agents/reviewer/agent.json:14:7 error NOFX_MCP_URL_PRIVATE mcpServers.files.url "https://10.0.0.7/mcp" is a private address\n' +
        '  hint: use a public https URL, or set "status": "draft"',
    )
  })

  it('uses colours by severity', () => {
    expect(text([example], { ...context, paint: tags })).toContain('<red>error</red>')
    expect(text([warning], { ...context, paint: tags })).toContain('<yellow>warning</yellow>')
  })

  it('names a flag alone, which has neither lines nor columns', () => {
    const flag = { ...example, path: '--param repository', line: 1, column: 1 }
    expect(renderPlace(flag)).toBe('--param repository')
    expect(renderPlace({ ...flag, path: 'parameters.json' })).toBe('parameters.json:1:1')
    expect(text([flag], context)).toMatch(/^--param repository error NOFX_/)
    expect(text([flag], { ...context, screen: { width: 100 } })).toMatch(/^--param repository +error NOFX_/)
  })

  it('is empty without findings', () => expect(text([], context)).toBe(''))

  it('keeps hostile values on their line and away from the terminal', () => {
    const lines = text([hostile, example], context).split('\n')
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(line).not.toMatch(STEERING)
    expect(lines[0]).toContain('\\u{1b}[2J')
  })

  it('does not change readable text', () => {
    const shown = 'Ärger 日本語 می‌خواهم'.replaceAll('\u200c', '')
    expect(oneLinePrintable(`${shown} 🚀 👩🏽`)).toBe(`${shown} 🚀 👩🏽`)
  })
})

describe('json', () => {
  it('returns the findings unchanged, hostile ones included', () => {
    expect(JSON.parse(json([example, hostile], context))).toEqual([example, hostile])
    expect(JSON.parse(json([], context))).toEqual([])
  })
})

interface Sarif {
  $schema: string
  version: string
  runs: {
    tool: {
      driver: { name: string; version: string; rules: { id: string; shortDescription: { text: string } }[] }
    }
    results: {
      ruleId: string
      ruleIndex: number
      level: string
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[]
      partialFingerprints: Record<string, string>
    }[]
  }[]
}

describe('sarif', () => {
  const run = (...args: Parameters<typeof sarif>) => {
    const log = JSON.parse(sarif(...args)) as Sarif
    expect(log).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') })
    return log.runs[0]!
  }

  it('names the tool, the broken rules with what they demand, and every place', () => {
    const { tool, results } = run([example, warning], context)
    expect(tool.driver).toMatchObject({ name: 'nofx', version: '1.2.3' })
    expect(tool.driver.rules).toMatchObject([
      { id: 'NOFX_FILE_UNNAMED', shortDescription: { text: 'Every file is named by the manifest.' } },
      { id: 'NOFX_MCP_URL_PRIVATE', shortDescription: { text: 'A server’s url is public.' } },
    ])
    expect(results).toMatchObject([
      { ruleId: 'NOFX_MCP_URL_PRIVATE', ruleIndex: 1, level: 'error' },
      { ruleId: 'NOFX_FILE_UNNAMED', ruleIndex: 0, level: 'warning' },
    ])
    expect(results[0]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'packages/shared/agents/reviewer/agent.json' },
      region: { startLine: 14, startColumn: 7 },
    })
  })

  it('recognises a finding that moved to another line, and distinguishes two equal findings', () => {
    const prints = (list: (typeof example)[]) =>
      run(list, context).results.map(({ partialFingerprints }) => partialFingerprints['nofx/v1'])
    const [before] = prints([example])
    expect(prints([{ ...example, line: 99 }])).toEqual([before])
    expect(new Set(prints([example, example, warning])).size).toBe(3)
  })

  it('makes a relative URI of any path', () => {
    const uri = run([hostile], context).results[0]?.locations[0]?.physicalLocation.artifactLocation.uri ?? ''
    expect(uri).toMatch(/^[\w%.~!*'()/-]+$/)
    expect(decodeURIComponent(uri)).toBe(hostile.path)
    expect(run([{ ...example, path: 'a/\ud800' }], context).results).toHaveLength(1)
  })

  it('is a valid empty log without findings', () => expect(run([], context).results).toEqual([]))
})

describe('junit', () => {
  it('has the counts, and a suite for each file', () => {
    const xml = junit([example, warning, { ...example, path: 'other.json' }], context)
    expect(xml).toContain('<testsuites name="nofx" tests="3" failures="2" errors="0">')
    expect(xml.match(/<testsuite /g)).toHaveLength(2)
    expect(xml.match(/<failure /g)).toHaveLength(2)
    expect(xml.match(/<system-out>/g)).toHaveLength(1)
  })

  it('stays well-formed, with only characters that XML allows', () => {
    const xml = junit([hostile], context)
    expect(xml.match(/<[a-z]+/g)).toEqual(['<testsuites', '<testsuite', '<testcase', '<failure'])
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
    expect(xml).not.toContain(']]>')
    expect(xml.split('\n')).toHaveLength(6)
  })
})

describe('github', () => {
  it('writes one command for each finding', () => {
    expect(github([example, warning], context).split('\n')).toEqual([
      '::error file=packages/shared/agents/reviewer/agent.json,line=14,col=7,title=NOFX_MCP_URL_PRIVATE::mcpServers.files.url "https://10.0.0.7/mcp" is a private address%0Ahint: use a public https URL, or set "status": "draft"',
      expect.stringMatching(/^::warning file=.*,line=1,col=1,title=NOFX_FILE_UNNAMED::/),
    ])
  })

  it('lets no value start a command, end a property or hide a line', () => {
    const [line = '', ...more] = github([hostile], context).split(/[\n\r\u2028\u2029\u0085]/)
    expect(more).toEqual([])
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    const [, properties = '', data = ''] = /^::error ([^:]*)::(.*)$/s.exec(line) ?? []
    expect(properties.split(',').map((pair) => pair.split('=')[0])).toEqual(['file', 'line', 'col', 'title'])
    expect(data).toContain('%250A::debug::')
  })
})

describe('every format', () => {
  it.each(Object.keys(formats))('%s is pure and ends without a line feed', async (name) => {
    const format = await formats[name as keyof typeof formats]()
    const input = Object.freeze([Object.freeze({ ...example }), Object.freeze({ ...hostile })])
    const once = format(input, context)
    expect(format(input, context)).toBe(once)
    expect(once.endsWith('\n')).toBe(false)
  })
})
