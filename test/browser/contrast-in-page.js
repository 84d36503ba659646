/**
 * Contrast as WCAG 2 defines it, on the colours that a real browser has computed. Runs inside the page, hence plain
 * JavaScript that uses nothing from outside its own body; its types stand beside it.
 */
export function lowContrast(least) {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const paint = canvas.getContext('2d', { willReadFrequently: true });
  if (paint === null) throw new Error('no canvas');
  const known = new Map();
  const parse = (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = text;
    paint.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data;
    const colour = [red, green, blue, alpha / 255];
    known.set(text, colour);
    return colour;
  };
  const touches = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const over = (top, bottom) => {
    const mix = (a, b) => a * top[3] + b * (1 - top[3]);
    return [mix(top[0], bottom[0]), mix(top[1], bottom[1]), mix(top[2], bottom[2]), 1];
  };
  const luminance = ([red, green, blue]) => {
    const linear = (channel) => {
      const part = channel / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const ratio = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
  };
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) {
      layers.push(parse(getComputedStyle(at).backgroundColor));
    }
    return layers.reverse().reduce((ground, layer) => over(layer, ground), parse('white'));
  };
  const low = [];
  let checked = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? '';
    if (element === null || text === '' || element.closest('title, style, [aria-hidden="true"]') !== null) continue;
    const style = getComputedStyle(element);
    if (style.display === 'none' || style.visibility === 'hidden') continue;
    const inChart = element.closest('svg.timeline');
    const colour = parse(inChart === null ? style.color : style.fill);
    const grounds = [groundOf(element)];
    const box = element.getBoundingClientRect();
    if (box.width === 0) continue;
    // In a chart the ground is not an ancestor but whatever was painted before at that place.
    for (const shape of inChart?.querySelectorAll('.band.fault, .breach-area') ?? []) {
      if (!touches(box, shape.getBoundingClientRect())) continue;
      grounds.push(...grounds.map((ground) => over(parse(getComputedStyle(shape).fill), ground)));
    }
    // A halo is painted behind the letters: what lies further back does not touch them.
    const halo = inChart !== null && style.paintOrder.startsWith('stroke') && parseFloat(style.strokeWidth) >= 3;
    const behind = halo ? [parse(style.stroke)] : grounds;
    for (const ground of behind) {
      checked++;
      const found = ratio(over(colour, ground), ground);
      if (found < least)
        low.push({ text: text.slice(0, 40), ratio: found, colour: colour.join(), ground: ground.join() });
    }
  }
  return { checked, low };
}
