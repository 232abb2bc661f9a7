print("assay-sim")
