import { dirname } from 'node:path'
import ts from 'typescript'
import type { Import } from './sources.ts'

/** A function of a file, with its number of lines. */
export interface Size {
  file: string
  name: string
  lines: number
}

/** Every function, method and arrow function of a file that has a body in braces. */
export function functionsOf(file: string, text: string): Size[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Size[] = []
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && ts.isBlock(node.body as ts.Node))
      found.push({ file, name: nameOf(node), lines: lineAt(node.getEnd()) - lineAt(node.getStart()) + 1 })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function nameOf(node: ts.Node): string {
  const named = node as { name?: ts.Node }
  if (named.name) return named.name.getText()
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '(anonymous)'
}

/**
 * Groups of files that reach each other by imports (Tarjan's strongly connected components); a single file is not a
 * group.
 */
export function circlesIn(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to])
  const order = new Map<string, { index: number; low: number; open: boolean }>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (file: string) => {
    const own = { index: order.size, low: order.size, open: true }
    order.set(file, own)
    stack.push(file)
    for (const to of next.get(file) ?? []) {
      const other = order.get(to) ?? visit(to)
      if (other.open) own.low = Math.min(own.low, other.low)
    }
    if (own.low === own.index) {
      const circle = stack.splice(stack.indexOf(file))
      for (const one of circle) (order.get(one) as { open: boolean }).open = false
      if (circle.length > 1) circles.push(circle.sort())
    }
    return own
  }
  for (const file of next.keys()) if (!order.has(file)) visit(file)
  return circles
}

/** Pairs of folders that import each other, as `a <-> b`. */
export function pairsIn(imports: readonly Import[]): string[] {
  const arrows = new Set(imports.map(({ from, to }) => `${dirname(from)} ${dirname(to)}`))
  return [...arrows]
    .map((arrow) => arrow.split(' ') as [string, string])
    .filter(([a, b]) => a < b && arrows.has(`${b} ${a}`))
    .map(([a, b]) => `${a} <-> ${b}`)
    .sort()
}

/** The number of files directly in each folder. */
export function crowds(files: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  return counts
}

/** Whether a file has anything left when its types are gone: a file of types alone has nothing to run. */
export function hasCode(file: string, text: string): boolean {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  return statements.some(
    (one) =>
      !(
        ts.isImportDeclaration(one) ||
        ts.isInterfaceDeclaration(one) ||
        ts.isTypeAliasDeclaration(one) ||
        (ts.isExportDeclaration(one) && one.isTypeOnly)
      ),
  )
}
