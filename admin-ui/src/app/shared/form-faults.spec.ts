import { FormControl, FormGroup, Validators } from '@angular/forms';
import { FormFaults } from './form-faults';

const problem = { type: '', title: '', status: 422, detail: '保存できませんでした。', instance: '', code: 'x' };

function venueForm() {
  const form = new FormGroup({ name: new FormControl('', Validators.required), address: new FormControl('x') });
  return { form, faults: new FormFaults(form) };
}

test('what the browser finds is said beside the field and in the summary, and goes when the field changes', () => {
  const { form, faults } = venueForm();
  expect(faults.check({ name: '会場の名前を入力してください。' })).toBe(false);
  expect(faults.of('name')).toBe('会場の名前を入力してください。');
  expect(faults.all()).toHaveLength(1);
  form.controls.name.setValue('朱鷺メッセ');
  expect(faults.all()).toEqual([]);
  expect(faults.check({ name: '会場の名前を入力してください。' })).toBe(true);
});

test('a refusal goes beside its fields, or stands for the whole form', () => {
  const { form, faults } = venueForm();
  faults.refuse({ ...problem, faults: [{ field: 'address', code: 'missing', sentence: '住所を入力してください。' }] });
  expect(form.controls.address.errors).toEqual({ refused: '住所を入力してください。' });
  expect(faults.of('address')).toBe('住所を入力してください。');
  faults.refuse(problem);
  expect(faults.all()).toEqual([{ field: '', sentence: '保存できませんでした。' }]);
});
