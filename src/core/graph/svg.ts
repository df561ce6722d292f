import { arrange, type Box, drawLine, LINE, PADDING, round } from './arrange.ts'
import type { GraphFormat } from './format.ts'

/** A self-contained picture that follows the reader's light or dark colours. */
export const drawSvg: GraphFormat = (graph) => {
  const { boxes, arrows, width, height } = arrange(graph)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<style>text{font:13px ui-monospace,monospace;text-anchor:middle;fill:#1f2328}.note{font-size:12px;fill:#59636e}',
    'rect{fill:#f6f8fa;stroke:#818b98}path{fill:none;stroke:#818b98}marker path{fill:#818b98;stroke:none}',
    '@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.note{fill:#9198a1}rect{fill:#151b23}}</style>',
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    ...arrows.map(({ points }) => `<path d="${drawLine(points)}" marker-end="url(#arrow)"/>`),
    ...boxes.flatMap(drawBox),
    '</svg>',
  ].join('\n')
}

function drawBox({ x, y, width, height, lines }: Box): string[] {
  const [left, top] = [round(x - width / 2), round(y - height / 2)]
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="6"/>`,
    ...lines.map(
      (line, index) =>
        `<text x="${round(x)}" y="${round(top + PADDING / 2 + LINE * (index + 0.72))}"${index ? ' class="note"' : ''}>${encode(line)}</text>`,
    ),
  ]
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 cannot carry control characters and halves of surrogate pairs, even as references: they become U+FFFD. */
function encode(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)
}
