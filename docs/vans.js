/**
 * Prints the table of the examples in README.md and docs/guide.md: 2,000 invented delivery vans as CSV.
 * A van's model decides its load, its trips and whether it is electric; the temperature decides the energy it uses.
 * A tenth of the models and of the temperatures is missing.
 */
const MODELS = {
  mini: { loadKg: 120, trips: 18, electric: 0.95 },
  midi: { loadKg: 350, trips: 8, electric: 0.5 },
  maxi: { loadKg: 900, trips: 3, electric: 0.05 },
};

let draws = 0;
const drawUniform = () => {
  const x = 1e4 * Math.sin(++draws);
  return x - Math.floor(x);
};
/** Nearly normal, with standard deviation 1/2. */
const drawNoise = () => drawUniform() + drawUniform() + drawUniform() - 1.5;

function drawPoisson(mean) {
  let [count, product] = [0, drawUniform()];
  for (; product > Math.exp(-mean); count++) product *= drawUniform();
  return count;
}

function drawVan() {
  const model = Object.keys(MODELS)[Math.floor(3 * drawUniform())];
  const { loadKg, trips, electric } = MODELS[model];
  const drivenTrips = drawPoisson(trips);
  const celsius = 12 + 15 * drawNoise();
  return [
    drawUniform() < 0.1 ? '' : model,
    Math.round(loadKg * (1 + 0.2 * drawNoise())),
    drivenTrips,
    drawUniform() < electric ? 'yes' : 'no',
    drawUniform() < 0.1 ? 'NA' : celsius.toFixed(1),
    (60 - 1.5 * celsius + 3 * drawNoise()).toFixed(1),
  ];
}

console.log('model,load_kg,trips,electric,celsius,energy_kwh');
for (let van = 0; van < 2000; van++) console.log(drawVan().join());
