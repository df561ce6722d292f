import { Validator } from '@cfworker/json-schema'
import { Chalk } from 'chalk'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, it } from 'vitest'
import { presentPlan } from '../../../src/cli/present/publish-plan.ts'
import { presentReport } from '../../../src/cli/present/reports.ts'
import type { Diagnostic } from '../../../src/contract/diagnostic.ts'
import { writeComment } from '../../../src/core/comment/comment.ts'
import { formats } from '../../../src/core/formats/formats.ts'
import type { PublishPlan } from '../../../src/core/publish/publish-plan.ts'
import type { Report } from '../../../src/core/registry/reports.ts'
import sarifSchema from '../../fixtures/sarif/sarif-2.1.0.json' with { type: 'json' }
import { context } from '../formats/support/samples.ts'
import { change, finding, HOSTILE, patch, planOf } from './support/samples.ts'

const [text, json, sarif, junit, github, markdown] = await Promise.all([
  formats.text(),
  formats.json(),
  formats.sarif(),
  formats.junit(),
  formats.github(),
  formats.markdown(),
])
const validSarif = new Validator(sarifSchema as object, '4')
const plain = new Chalk({ level: 0 })

/** Findings that contain `text` in every field of text. */
const findingsOf = (text: string): Diagnostic[] => [
  finding({ path: text, message: text, rule: text, hint: text, kind: text, id: text, pointer: [text] }),
  finding({ path: `a/${text}`, message: `is ${text}`, severity: 'warning' }),
]

/**
 * A plan that contains the text everywhere a definition can put text. Ids have no line ends, because they name
 * folders.
 */
function planWith(text: string): PublishPlan {
  const diff = {
    fields: [{ path: text, before: text, after: text }],
    files: [
      { path: text, change: 'changed', sizes: [1, 2] as [number, number], patch: patch(text) } as const,
    ],
  }
  const risks = [{ id: 'x', level: 'high', field: text, message: text } as const]
  const item = change({ id: text, note: text, neededBy: text, risks, breaks: [text], diff })
  const missing = [{ kind: 'agents', id: text, expectedVersion: 1, requiredBy: [text] }]
  return planOf([item, change({ action: 'held', note: text })], { missing })
}

/**
 * The workflow commands that GitHub's runner finds in a job's log, by the rules of its ActionCommand: `::name …::` at
 * the start of a line, after white space; `##[name …]` anywhere in a line.
 */
function commandsIn(log: string): string[] {
  return log.split(/[\r\n]+/).flatMap((line) => {
    const [, name] = /^\s*::([^\s:]+)[^:]*::/.exec(line) ?? /##\[([^\s\]]+)[^\]]*\]/.exec(line) ?? []
    return name === undefined ? [] : [name]
  })
}

/**
 * The structure as GitHub renders it before it removes unsafe HTML, so that all possible markup becomes markup. The
 * text of code is left out.
 */
function structure(markdown: string): string {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  })
  return html.replace(/(<pre><code[^>]*>)[\s\S]*?(<\/code><\/pre>)|(<code>)[\s\S]*?(<\/code>)/g, '$1$2$3$4')
}

/** The tags of an XML document with the names of their attributes; throws if it is not well-formed. */
function xmlTags(xml: string): string[] {
  const open: string[] = []
  const rest = xml.replace(/^<\?xml [^?]*\?>/, '')
  const tags = [...rest.matchAll(/<([^>]*)>|([^<]+)/g)].flatMap(([, tag, between]) => {
    for (const value of [tag ?? '', between ?? ''])
      if (/&(?!(?:#\d+|amp|lt|gt|quot|apos);)|]]>/.test(value)) throw new Error(`"${value}" is no XML`)
    if (tag === undefined) return []
    const [, close, name = '', attributes = ''] = /^(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)$/.exec(tag) ?? []
    if (name === '' || (close && open.pop() !== name)) throw new Error(`<${tag}> is no XML`)
    if (!close) open.push(name)
    return [`${close}${name}${attributes.replace(/"[^"]*"/g, '')}`]
  })
  if (open.length) throw new Error(`${open} are not closed`)
  return tags
}

/** Every character that could control a terminal, except line feeds. */
const STEERING =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udfff]/u

describe.each(HOSTILE)('untrusted text %j', (hostile) => {
  const bad = findingsOf(hostile)
  const good = findingsOf('x')

  it('is shown as text in a comment: no markup, mention, link, image or HTML, and it ends no block', () => {
    const told = (of: string) => writeComment({ diagnostics: findingsOf(of), plan: planWith(of) })
    expect(structure(told(hostile))).toBe(structure(told('x')))
    expect(structure(writeComment({ diagnostics: bad }))).toBe(structure(writeComment({ diagnostics: good })))
    expect(structure(told(hostile)).match(/<!--.*?-->/g)).toEqual(['<!-- nofx -->'])
  })

  it('is not a command in any output: text, plan, report, Markdown, JSON, SARIF, JUnit', () => {
    const report = { ...REPORT, actor: hostile, ref: hostile, findings: bad, outcomes: { [hostile]: 1 } }
    const printed = {
      text: text(bad, context),
      plan: presentPlan(planWith(hostile), plain, { texts: true }),
      report: presentReport(report),
      markdown: markdown(bad, context),
      json: json(bad, context),
      sarif: sarif(bad, context),
      junit: junit(bad, context),
    }
    for (const [format, output] of Object.entries(printed))
      expect({ format, commands: commandsIn(output) }).toEqual({ format, commands: [] })
    expect(structure(printed.markdown)).toBe(structure(markdown(good, context)))
  })

  it('stays on its line in a terminal and cannot control it', () => {
    for (const [output, lines] of [
      [text(bad, context), 4],
      [presentReport({ ...REPORT, actor: hostile }), 4],
    ] as const) {
      expect(output).not.toMatch(STEERING)
      expect(output.split('\n')).toHaveLength(lines)
    }
  })

  it('makes one annotation for each finding, at the right place', () => {
    const log = github(bad, context)
    expect(commandsIn(log)).toEqual(['error', 'warning'])
    expect(log.split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(2)
    for (const line of log.split('\n'))
      expect(line).toMatch(/^::(error|warning) file=[^:,]*,line=4,col=2,title=[^:,]*::/)
  })

  it('leaves JUnit well-formed and SARIF valid', () => {
    const xml = junit(bad, context)
    expect(xmlTags(xml)).toEqual(xmlTags(junit(good, context)))
    expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
    expect(validSarif.validate(JSON.parse(sarif(bad, context))).errors).toEqual([])
    expect(JSON.parse(json(bad, context))).toEqual(bad)
  })
})

const REPORT: Report = {
  id: '00000000-0000-4000-8000-000000000000',
  origin: 'validate',
  verdict: 'refused',
  releaseId: null,
  message: null,
  actor: 'ann',
  commit: { sha: 'c1', ref: 'main' },
  pullRequest: null,
  counts: { definitions: 1, errors: 1, warnings: 1 },
  outcomeCounts: {},
  manifests: null,
  createdAt: '2026-11-24T00:00:00.000Z',
  findings: [],
  leftOut: 0,
}
