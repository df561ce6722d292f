/** Levels from the one to look at first. */
const ORDER = ['high', 'medium', 'low']

/** The same risks, high before low; risks of one level stay in the server's order. */
export function sortRisks<Risk extends { level: string }>(risks: readonly Risk[]): Risk[] {
  return [...risks].sort((a, b) => rank(a) - rank(b))
}

/** Number of risks by level, such as `3 high, 2 medium`. */
export function countRisks(risks: readonly { level: string }[]): string {
  return ORDER.map((level) => [risks.filter((risk) => risk.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => `${count} ${level}`)
    .join(', ')
}

function rank({ level }: { level: string }): number {
  const place = ORDER.indexOf(level)
  return place < 0 ? ORDER.length : place
}
