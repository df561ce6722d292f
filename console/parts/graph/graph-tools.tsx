import { CLOSER, type Control, FARTHER } from './use-view.ts'

interface ToolsProps {
  control: Control
  frame: { current: HTMLElement | null }
  layout: { width: number; height: number }
  file: string
}

/** Zoom, the whole picture, and the picture as a file. */
export function GraphTools({ control, frame, layout, file }: ToolsProps) {
  const save = () => {
    const svg = frame.current?.querySelector('svg')
    if (svg) saveAs(file, pictureOf(svg, layout))
  }
  return (
    <div class="graph-tools">
      <button type="button" onClick={() => control.zoom(FARTHER)} aria-label="Zoom out" title="Zoom out (-)">
        −
      </button>
      <span class="soft graph-scale">{Math.round(control.view.scale * 100)} %</span>
      <button type="button" onClick={() => control.zoom(CLOSER)} aria-label="Zoom in" title="Zoom in (+)">
        +
      </button>
      <button type="button" onClick={control.fit} title="Show all of it (0)">
        Whole
      </button>
      <button type="button" onClick={save}>
        Save as SVG
      </button>
    </div>
  )
}

/** Properties of the page's style that the file needs to look like the page. */
const STYLED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font', 'text-anchor']

/** The picture as a file of its own: its colours stand in its elements, because the page's style is not there. */
function pictureOf(svg: SVGSVGElement, { width, height }: ToolsProps['layout']): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const [drawn, copied] = [svg.querySelectorAll('*'), copy.querySelectorAll('*')]
  copied.forEach((element, at) => {
    const from = drawn[at]
    if (!from) return
    const style = getComputedStyle(from)
    for (const name of STYLED) element.setAttribute(name, style.getPropertyValue(name))
    for (const name of ['class', 'href', 'tabindex', 'aria-current', 'draggable'])
      element.removeAttribute(name)
  })
  copy.setAttribute('viewBox', `0 0 ${width} ${height}`)
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  return new XMLSerializer().serializeToString(copy)
}

function saveAs(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
