import { type Diagnostic, isError } from '../../contract/diagnostic.ts'
import { countColumns } from '../lines/columns.ts'
import { cutLine, cutMiddle, fitLines } from '../lines/fit-lines.ts'
import { oneLinePrintable } from '../printable.ts'
import { codeFrame } from './code-frame.ts'
import type { FindingsScreen, Palette } from './format.ts'
import { renderPlace } from './place.ts'

/** More findings that are alike are grouped. */
const MOST_ALIKE = 3
/** How many places a group names. */
const MOST_PLACES = 3

type ShowFinding = (finding: Diagnostic) => string[]

/** Findings for a screen: place, severity and rule; then message, hint and the line of the file. Equal ones are grouped. */
export function findingsOnScreen(
  diagnostics: readonly Diagnostic[],
  screen: FindingsScreen,
  paint: Palette,
): string {
  const secret = new Set(diagnostics.filter(isAboutSecret).map(buildLineKey))
  // A line with a secret is not shown for any other finding either.
  const show: ShowFinding = (finding) => [
    ...renderBody(finding, screen.width, paint),
    ...(secret.has(buildLineKey(finding)) ? [] : codeFrame(finding, screen, paint)),
  ]
  const groups = new Map<string, Diagnostic[]>()
  for (const finding of diagnostics) {
    const key = screen.more === undefined ? String(groups.size) : buildLikeness(finding)
    const group = groups.get(key)
    if (group) group.push(finding)
    else groups.set(key, [finding])
  }
  return [...groups.values()].flatMap((group) => groupLines(group, screen, paint, show)).join('\n')
}

/**
 * Equal for findings of one rule that differ only in quoted values and numbers, and have the same fix: one rule may
 * have many messages, and a group shows only the first.
 */
function buildLikeness({ severity, rule, message, hint = '' }: Diagnostic): string {
  const pattern = message.replaceAll(/"[^"]*"/g, '""').replaceAll(/\d+/g, '0')
  return JSON.stringify([severity, rule, pattern, hint.replaceAll(/\d+/g, '0')])
}

function groupLines(
  group: readonly Diagnostic[],
  { width, more }: FindingsScreen,
  paint: Palette,
  show: ShowFinding,
): string[] {
  const [first, ...rest] = group
  if (!first || more === undefined || group.length <= MOST_ALIKE)
    return group.flatMap((one) => [...renderHead(one, width, paint), ...show(one)])
  const title = `${group.length} × ${oneLinePrintable(first.rule)}`
  const places = rest.slice(0, MOST_PLACES).map(renderPlace)
  const others = rest.length > MOST_PLACES ? ` and ${rest.length - MOST_PLACES} more` : ''
  return [
    `${paint.bold(cutLine(title, width - 8))} ${paintSeverity(first, paint)}`,
    `  ${paint.bold(cutMiddle(renderPlace(first), width - 2))}`,
    ...show(first),
    ...fitLines(`also at ${places.join(', ')}${others}`, width, '  ', '    ').map((line) => paint.dim(line)),
    ...fitLines(`all of them: ${more}`, width, '  ', '    ').map((line) => paint.dim(line)),
  ]
}

/** `place severity RULE`, the place on a line of its own where it is long. */
function renderHead(finding: Diagnostic, width: number, paint: Palette): string[] {
  const place = renderPlace(finding)
  const rule = oneLinePrintable(finding.rule)
  const tail = `${paintSeverity(finding, paint)} ${paint.dim(cutLine(rule, width - 10))}`
  const isShort = countColumns(`${place} ${finding.severity} ${rule}`) <= width
  return isShort ? [`${paint.bold(place)} ${tail}`] : [paint.bold(cutMiddle(place, width)), `  ${tail}`]
}

function renderBody({ message, hint }: Diagnostic, width: number, paint: Palette): string[] {
  const hints = hint ? fitLines(`hint: ${hint}`, width, '  ', '    ') : []
  return [
    ...fitLines(message, width, '  ', '  '),
    ...hints.map((line, at) => (at === 0 ? line.replace('hint:', paint.cyan('hint:')) : line)),
  ]
}

function paintSeverity({ severity }: Diagnostic, paint: Palette): string {
  return isError({ severity }) ? paint.red(severity) : paint.yellow(severity)
}

function buildLineKey({ path, line }: Diagnostic): string {
  return JSON.stringify([path, line])
}

function isAboutSecret({ rule }: Diagnostic): boolean {
  return rule.includes('SECRET')
}
