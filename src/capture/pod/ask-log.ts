/** What came of the script in the log of its container. */
export interface AskLog {
  /** Takes a piece of the log; hands the capture on as it comes. */
  take(piece: Uint8Array): void
  /** The log begins again: what was had of it before is passed over. */
  restart(): void
  isComplete(): boolean
  /** A line is missing, so that what follows it is no capture any more. */
  hasHole(): boolean
  /** Lines of the capture so far. */
  lines(): number
  /** What the listener said on stderr. */
  listener(): string
  /** What the sender said. */
  sender(): string
  /** The last line that is not of the script, as where the image has no shell. */
  foreign(): string
}

/** No line of ours is longer; a log may hold anything. */
const MOST_LINE = 4096
const MOST_WORDS = 16_384

/** Reads what ask-script.ts prints. Others may write into the same log: only what has the mark is ours. */
export function askLog(mark: string, capture: (bytes: Uint8Array) => void): AskLog {
  let [rest, foreign, complete, hole] = ['', '', false, false]
  let [taken, next] = [0, 1]
  let words = { E: '', S: '' }
  const decoder = new TextDecoder('latin1')
  const line = (text: string) => {
    if (!text.startsWith(`${mark} `)) {
      foreign = text.trim() === '' ? foreign : text.slice(0, 500)
      return
    }
    const said = text.slice(mark.length + 1)
    if (said === 'complete') complete = true
    else if (said.startsWith('P ')) numbered(said.slice(2))
    else if (said.startsWith('E ')) words.E = `${words.E}${said.slice(2)}\n`.slice(0, MOST_WORDS)
    else if (said.startsWith('S ')) words.S = `${words.S}${said.slice(2)}\n`.slice(0, MOST_WORDS)
  }
  const numbered = (text: string) => {
    const [, digits = '', base64 = ''] = /^(\d+):([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
    const number = Number(digits)
    if (number < next) return
    if (number !== next || hole) {
      hole = true
      return
    }
    next += 1
    taken += 1
    capture(Buffer.from(base64, 'base64'))
  }
  return {
    take(piece) {
      rest += decoder.decode(piece)
      const lines = rest.split('\n')
      rest = (lines.pop() ?? '').slice(0, MOST_LINE)
      for (const text of lines) line(text)
    },
    restart() {
      rest = ''
      words = { E: '', S: '' }
    },
    isComplete: () => complete,
    hasHole: () => hole,
    lines: () => taken,
    listener: () => words.E,
    sender: () => words.S,
    foreign: () => (rest.trim() === '' ? foreign : rest.slice(0, 500)),
  }
}
