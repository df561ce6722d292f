import pg from 'pg'

type Parse = (text: string) => unknown

const asText: Parse = (text) => text
const asJson: Parse = (text) => JSON.parse(text)
/** An integer that JavaScript would round becomes a bigint. */
const asInteger: Parse = (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))
/** A number that JavaScript would print in another form stays text. */
const asDecimal: Parse = (text) => (String(Number(text)) === text ? Number(text) : text)
/** The type number of `text[]`, whose elements the driver does not convert. */
const TEXTS = 1009

function asArray(parse: Parse): Parse {
  const each = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(each) : typeof value === 'string' ? parse(value) : value
  return (text) => each((pg.types.getTypeParser(TEXTS as number) as Parse)(text))
}

/**
 * PostgreSQL's type numbers, with the values that lite expects:
 * times stay text, so that no value depends on a time zone.
 */
const PARSERS = new Map<number, Parse>([
  [20, asInteger],
  [114, asJson],
  [3802, asJson],
  [1700, asDecimal],
  ...[1082, 1083, 1114, 1184, 1266, 1186].map((oid): [number, Parse] => [oid, asText]),
  [1016, asArray(asInteger)],
  [1231, asArray(asDecimal)],
  ...[1002, 1003, 1182, 1183, 1115, 1185, 1270, 1187].map((oid): [number, Parse] => [oid, asArray(asText)]),
])

/** How the driver reads values. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    PARSERS.get(oid) ?? pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}
