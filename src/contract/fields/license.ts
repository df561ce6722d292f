import parse from 'spdx-expression-parse'
import { type Finding, findingMaker } from '../diagnostic.ts'
import { FIELD_RULES } from './rules.ts'
import { quoted } from './shown.ts'

const makeFinding = findingMaker(FIELD_RULES)

/** Frequent license ids, proposed for an invalid spelling that is close to one of them. */
const COMMON = [
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'MPL-2.0',
  'GPL-2.0-only',
  'GPL-3.0-only',
  'LGPL-3.0-only',
  'AGPL-3.0-only',
  'Unlicense',
  'CC0-1.0',
  'CC-BY-4.0',
]

const MOST_KEPT = 256
/** A tree of thousands of definitions uses a handful of licenses, so each is parsed only once. */
const valid = new Set<string>()

/**
 * Reports a license that is not an SPDX expression (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/).
 */
export function checkLicense(license: string, file: string, findings: Finding[]): void {
  if (isSpdx(license)) return
  const squashed = squash(license)
  const close = squashed === '' ? undefined : COMMON.find((id) => squash(id).startsWith(squashed))
  findings.push(
    makeFinding(
      'NOFX_LICENSE',
      { file, pointer: ['license'] },
      `license ${quoted(license)} is not an SPDX expression`,
      close
        ? `write "${close}"`
        : 'use an identifier of spdx.org/licenses, or "LicenseRef-<name>" for your own terms',
    ),
  )
}

function isSpdx(license: string): boolean {
  if (valid.has(license)) return true
  try {
    parse(license)
  } catch {
    return false
  }
  if (valid.size < MOST_KEPT) valid.add(license)
  return true
}

function squash(text: string): string {
  return text.toLowerCase().replace(/licen[sc]e|version|[^a-z0-9]/g, '')
}
