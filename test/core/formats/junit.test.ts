import { expect, test } from 'vitest'
import { formatJunit } from '../../../src/core/formats/junit.ts'
import fc from '../../harness/fast-check.ts'
import { context, example, warning } from './support/samples.ts'

test('an error is a failed case of its file, a warning is a passed case with output', () => {
  expect(formatJunit([{ ...example, path: 'a.json', message: 'm', hint: 'h', rule: 'R' }], context)).toBe(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="nofx" tests="1" failures="1" errors="0">',
      '  <testsuite name="a.json" tests="1" failures="1" errors="0">',
      '    <testcase name="R 14:7" classname="a.json"><failure message="m" type="R">a.json:14:7 m&#10;hint: h</failure></testcase>',
      '  </testsuite>',
      '</testsuites>',
    ].join('\n'),
  )
  expect(formatJunit([warning], context)).toContain('<system-out>')
  expect(formatJunit([warning], context)).not.toContain('<failure')
})

test('findings of one file share a suite, in the order of their first finding, and each suite counts its own', () => {
  const at = (path: string, severity: 'error' | 'warning') => ({ ...example, path, severity })
  const xml = formatJunit([at('b', 'error'), at('a', 'warning'), at('b', 'warning')], context)
  expect(xml.match(/<testsuite [^>]*>/g)).toEqual([
    '<testsuite name="b" tests="2" failures="1" errors="0">',
    '<testsuite name="a" tests="1" failures="0" errors="0">',
  ])
})

test('no findings are a document without suites', () => {
  expect(formatJunit([], context).split('\n').slice(1)).toEqual([
    '<testsuites name="nofx" tests="0" failures="0" errors="0">',
    '</testsuites>',
  ])
})

test('every text is one value: only characters and references that XML 1.0 has', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const xml = formatJunit([{ ...example, path: text, rule: text, message: text, hint: text }], context)
      expect(xml).not.toMatch(/[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
      expect(xml.split('\n')).toHaveLength(6)
      const [, message = ''] = /<failure message="([^"<>]*)"/.exec(xml) ?? []
      const undone = message.replace(/&#(\d+);/g, (_all, point: string) =>
        String.fromCodePoint(Number(point)),
      )
      expect(undone).toBe(text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'))
    }),
    { numRuns: 200 },
  )
})
