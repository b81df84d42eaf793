import { enlarged } from './id-table.js'

/** Rows of numbers in one typed array: a column of an id is `data[id * width + column]`. New rows are all zero. */
export class Records {
  data: Float64Array
  readonly width: number

  constructor(width: number) {
    this.width = width
    this.data = new Float64Array(64 * width)
  }

  /** Makes room for an id. */
  ensure(id: number): void {
    if ((id + 1) * this.width > this.data.length) this.data = enlarged(this.data, 2 * (id + 1) * this.width)
  }

  get(id: number, column: number): number {
    return this.data[id * this.width + column]!
  }

  set(id: number, column: number, value: number): void {
    this.data[id * this.width + column] = value
  }

  add(id: number, column: number, value: number): void {
    this.data[id * this.width + column]! += value
  }
}
