/** Levels from the one to look at first. */
const LEVELS = ['high', 'medium', 'low']

/** Number of risks by level, such as `3 high, 2 medium`. */
export function countRisks(risks: readonly { level: string }[]): string {
  return LEVELS.map((level) => [risks.filter((risk) => risk.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => `${count} ${level}`)
    .join(', ')
}
